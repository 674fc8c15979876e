use super::dispute::Dispute;
use super::event::Event;
use super::payment::{Charge, Payment};
use super::refund::Refund;
use super::session::Session;

/// An object with an id that lists can page by.
pub(crate) trait StripeObject {
    /// Stripe's name of the type, as its error messages use it.
    const TYPE: &'static str;

    fn id(&self) -> &str;

    /// Creation time, in seconds since 1970.
    fn created(&self) -> i64;
}

/// Implements [`StripeObject`] by the fields `id` and `created`.
macro_rules! stripe_objects {
    ($($object:ty: $name:literal,)*) => {$(
        impl StripeObject for $object {
            const TYPE: &'static str = $name;

            fn id(&self) -> &str {
                &self.id
            }

            fn created(&self) -> i64 {
                self.created
            }
        }
    )*};
}

stripe_objects! {
    Session: "checkout.session",
    Payment: "payment_intent",
    Charge: "charge",
    Refund: "refund",
    Dispute: "dispute",
    Event: "event",
}
