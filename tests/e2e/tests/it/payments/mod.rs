//! Orders that are paid: through the real adapter, at a stand-in for Stripe that runs as a process of its
//! own.

mod chaos;
mod checkout;
mod crashes;
mod endings;
mod mismatches;
mod money;
mod outages;
mod races;
mod refunds;
mod servers;
mod stage;
mod tab;
mod webhooks;
