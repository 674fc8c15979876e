//! A payment provider in memory. It sends webhooks that hold an event's id alone, and has no list of events.

mod account;
mod gateway;
mod webhooks;

pub(crate) use account::Provider;
