//! Schemas of what operators read.

use strum::VariantArray;
use udam_domain::AlertNumber;
use udam_domain::administration::{
    HitKind as DomainHitKind, Lookup, Role as DomainRole, StoryPosition,
    StorySource as DomainStorySource,
};
use udam_domain::order::PaymentRoute as DomainPaymentRoute;
use udam_domain::payment::{
    AlertKind as DomainAlertKind, ChargeState, EventName as DomainEventName, EventNumber,
    EventState as DomainEventState,
};
use udam_web::cursor;

use super::describe::{described, names, string};

described! {
    /// Exact name of something: an identifier, a UUID, an e-mail address, or an id of the payment provider.
    LookupText => string()
        .min_length(Some(1))
        .max_length(Some(Lookup::MAX_LENGTH))
        .examples(["pi_3OqZ"]);
    /// Kind of something that was found.
    HitKind => names(DomainHitKind::VARIANTS).examples(["order"]);
    /// Role of an operator.
    Role => names(DomainRole::VARIANTS).examples(["operator"]);
    /// Source of an entry of a history.
    StorySource => names(DomainStorySource::VARIANTS).examples(["audit"]);
    /// Way in which an order is paid.
    PaymentRoute => string()
        .enum_values(Some([DomainPaymentRoute::Tab, DomainPaymentRoute::Checkout].map(<&str>::from)));
    /// State of a payment.
    ChargeStatus => names(ChargeState::VARIANTS).examples(["paid"]);
    /// Kind of an alert.
    AlertKind => names(DomainAlertKind::VARIANTS).examples(["refund_failed"]);
    /// Kind of an event.
    EventName => names(DomainEventName::VARIANTS).examples(["paid"]);
    /// What became of an event: `applied`, `alerted` if it has raised an alert, `ignored` if it changes nothing, `failed` if it
    /// could not be applied.
    EventState => names(DomainEventState::VARIANTS).examples(["applied"]);
    /// Form of the answer.
    AuditFormat => string().enum_values(Some(["ndjson"]));
    /// Cursor of the page: the `next_cursor` of the page before.
    StoryCursor => string().pattern(Some(cursor::pattern::<StoryPosition>(())));
    /// Cursor of the page: the `next_cursor` of the page before.
    AlertCursor => string().pattern(Some(cursor::pattern::<AlertNumber>(())));
    /// Cursor of the page: the `next_cursor` of the page before.
    EventCursor => string().pattern(Some(cursor::pattern::<EventNumber>(())));
}
