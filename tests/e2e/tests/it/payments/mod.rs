//! Orders that are paid: through the real adapter, at a stand-in for Stripe that runs as a process of its
//! own.

mod checkout;
mod endings;
mod money;
mod stage;
