//! The numbers an operator chooses, and how they must fit together.
//!
//! [`OrderPolicy`] has the terms of orders and payments, [`CreditTerms`] who is served before paying, [`HoldTerms`] who holds units without paying,
//! [`ChargeLimits`] what the payment provider can
//! charge for, [`SweepPolicy`] how long unfinished payments wait, [`SessionPolicy`] how long sessions last, [`CallPolicy`] how long
//! calls are waited for and kept, [`Verification`] what needs a verified address, [`LinkLimit`] how many links are
//! sent to one.
//! No rule has a number of its own: what a provider allows is handed in with the rest.

mod calls;
mod charges;
mod credit;
mod events;
mod holds;
mod inquiries;
mod links;
mod listings;
mod orders;
mod sessions;
mod sweeps;

pub use calls::CallPolicy;
pub use charges::{ChargeLimits, Unchargeable};
pub use credit::{CreditTerms, TabLimits};
pub use events::FindEvents;
pub use holds::HoldTerms;
pub use inquiries::Inquiries;
pub use links::{LinkLimit, Verification};
pub use listings::{Endpoints, ListingPolicy, NewListingTerms};
pub use orders::{Checkout, OrderPolicy, OrderPolicyError, OrderTerms};
pub use sessions::SessionPolicy;
pub use sweeps::{Claim, FindPayable, FindUnsent, ReleaseLapsed, SweepPolicy};
