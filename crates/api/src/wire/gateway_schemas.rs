//! Schemas of the gateway: its terms, keys, calls and sums.

use strum::{IntoEnumIterator, VariantArray};
use udam_domain::gateway as domain;
use udam_domain::gateway::{
    CallOutcome as Outcome, CallPath, CallState as State, Granularity as UsageGranularity, Method,
};
use udam_domain::id::CallId as Call;
use udam_web::cursor;

use super::access::Access as Mode;
use super::describe::{described, id, names, string, whole};
use super::text_schemas::one_line;

described! {
    /// A call's identifier.
    CallId => id("cal");
    /// An access key's identifier. It is not the key itself.
    AccessKeyId => id("key");
    /// Access that buyers have: they are shown the key of the service, or call it through the gateway with a key of
    /// their own.
    AccessMode => names(Mode::VARIANTS).examples([<&str>::from(Mode::Gateway)]);
    /// Place of a key in requests: a header, a parameter of the query, or basic authentication.
    KeyPlace => names(domain::KeyPlace::VARIANTS);
    /// Name of a header, of a parameter, or of a user.
    KeyName => string()
        .pattern(Some(format!("^[ -~]{{1,{}}}$", domain::HeaderName::MAX_LENGTH)))
        .examples(["X-Api-Key"]);
    /// Text before a key in a header: printable ASCII characters that do not begin with a space.
    KeyPrefix => string()
        .pattern(Some(format!("^([!-~][ -~]{{0,{}}})?$", domain::KeyPrefix::MAX_LENGTH.saturating_sub(1))))
        .examples([""]);
    /// A method of HTTP.
    CallMethod => names(Method::VARIANTS);
    /// Beginning of paths, in whole segments: `/v1` covers `/v1` and `/v1/rain`, and not `/v10`. Paths are compared as
    /// they are sent.
    PathPrefix => string()
        .pattern(Some(format!(r#"^/[!"$->@-\[\]-~]{{0,{}}}$"#, domain::PathPrefix::MAX_LENGTH.saturating_sub(1))))
        .examples(["/v1"]);
    /// Path of a call below the address of its listing, without a query.
    CallPathText => string()
        .max_length(Some(CallPath::KEPT))
        .pattern(Some("^/[!-~]*$"))
        .examples(["/v1/forecast"]);
    /// Answers that are charged for: `success` covers a status of 200 to 399 and upgrades to another protocol, `answered`
    /// any below 500, `always` all of them. An answer that the service breaks off is never charged.
    ChargeRule => names(domain::ChargeRule::VARIANTS);
    /// Seconds for the head of an answer to come.
    CallTimeout => whole(1, domain::CallTimeout::MOST.into()).examples([30]);
    /// Number of calls in a period.
    RateCalls => whole(1, domain::CallRate::MOST.into()).examples([10]);
    /// A period that calls are counted in.
    RatePeriod => names(domain::RatePeriod::VARIANTS);
    /// Name of an access key: one line.
    AccessKeyName [domain::AccessKeyName::MAX_LENGTH] => one_line(domain::AccessKeyName::MAX_LENGTH)
        .examples(["Nightly import"]);
    /// State of a call that has ended.
    CallState => string().enum_values(Some([State::Charged, State::Returned].map(<&str>::from)));
    /// The way a call ended.
    CallOutcome => string()
        .enum_values(Some(Outcome::iter().map(Outcome::name)));
    /// Length of the periods of sums: the last 48 hours, or the last 30 days.
    Granularity => names(UsageGranularity::VARIANTS)
        .default(Some(<&str>::from(UsageGranularity::Day).into()));
    /// Cursor of the page: the `next_cursor` of the page before.
    CallCursor => string().pattern(Some(cursor::pattern::<Call>(())));
}
