//! Starting and stopping `udam serve`, when all is well and when it is not.

mod callers;
mod settings;
mod starting;
mod stopping;
