//! Schemas of texts. They accept what the domain accepts, as far as patterns can tell.

use udam_domain::account::{AccountName as Name, Email as Address, Password as Secret};
use udam_domain::audit::Reason as AuditReason;
use udam_domain::complaint::ComplaintReason as ComplaintText;
use udam_domain::id::{ChargeId, ListingId, OrderId, SessionId, TokenId};
use udam_domain::listing as domain;
use udam_domain::order::IdempotencyKey as Key;
use udam_web::cursor;
use utoipa::openapi::KnownFormat;
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat};

use super::describe::{described, string};

/// White space, which may surround a text and is removed.
const WHITE: &str = r"[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]";

/// First and last character of a text: neither white space nor a control character.
const EDGE: &str = r"[^\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]";

/// Character of a line: no control character.
const IN_LINE: &str = r"[^\x00-\x1f\x7f-\x9f]";

/// Character of paragraphs: no control character but tabs and line breaks.
const IN_PARAGRAPHS: &str = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]";

/// One line of at most so many characters, not counting the white space around it, which a maximal
/// length would count.
pub(super) fn one_line(most: usize) -> ObjectBuilder {
    let inside = most.saturating_sub(2);
    string().pattern(Some(format!(
        "^{WHITE}*{EDGE}({IN_LINE}{{0,{inside}}}{EDGE})?{WHITE}*$"
    )))
}

fn paragraphs(most: usize) -> ObjectBuilder {
    // Too long for a pattern to count.
    string().max_length(Some(most)).pattern(Some(format!(
        "^{WHITE}*{EDGE}({IN_PARAGRAPHS}*{EDGE})?{WHITE}*$"
    )))
}

fn email() -> ObjectBuilder {
    const LABEL: &str = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    let local = Address::MAX_LOCAL_LENGTH;
    string()
        .max_length(Some(Address::MAX_LENGTH))
        .pattern(Some(format!(
            r"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,{local}}}@{LABEL}(\.{LABEL})*$"
        )))
        .examples(["katherine@example.com"])
}

fn password() -> ObjectBuilder {
    string()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
        .max_length(Some(Secret::MAX_LENGTH))
        .write_only(true)
        .examples(["correct horse battery staple"])
}

described! {
    /// An email address, compared without regard to case.
    Email => email();
    /// A new password, of any characters. It must not be among those that are guessed first: the most common
    /// ones, white space, one character repeated, your email address, the marketplace's name.
    NewPassword => password().min_length(Some(Secret::MIN_LENGTH));
    /// A password to be checked.
    Password => password();
    /// Public name of an account: one line.
    AccountName [Name::MAX_LENGTH] => one_line(Name::MAX_LENGTH)
        .examples(["Katherine Johnson"]);
    /// Name of a service: one line.
    ServiceName [domain::ServiceName::MAX_LENGTH] => one_line(domain::ServiceName::MAX_LENGTH).examples(["Weather"]);
    /// Description of a service.
    Description => paragraphs(domain::Description::MAX_LENGTH)
        .examples(["Forecasts for every place on earth, hour by hour."]);
    /// Complaint about an order: one or more paragraphs.
    ComplaintReason => paragraphs(ComplaintText::MAX_LENGTH)
        .examples(["The key has been refused since Monday."]);
    /// Why an operator acts: one or more paragraphs.
    Reason => paragraphs(AuditReason::MAX_LENGTH)
        .examples(["It sells what is not its own."]);
    /// Meaning of one unit: one line.
    UnitDescription [domain::UnitDescription::MAX_LENGTH] => one_line(domain::UnitDescription::MAX_LENGTH)
        .examples(["1,000 requests"]);
    /// Address of a service: http or https, without a user name or password. It may be a template, such as
    /// `https://api.example/{lat}/{lon}`.
    EndpointUrl => string()
        .max_length(Some(domain::EndpointUrl::MAX_LENGTH))
        .pattern(Some(r"^https?://[a-z][a-z0-9]{0,62}(\.[a-z][a-z0-9]{0,62}){0,3}(:[0-9]{1,4})?(/[!-~]*)?$"))
        .examples(["https://api.example.com/v1"]);
    /// API key of the service. It is encrypted at once, and only buyers can read it.
    ApiKey => string()
        .min_length(Some(1))
        .max_length(Some(domain::ApiKey::MAX_LENGTH))
        .pattern(Some(format!("^{EDGE}({IN_LINE}*{EDGE})?$")))
        .examples(["sk_live_0123456789"]);
    /// Search terms: one line.
    SearchText [domain::SearchText::MAX_LENGTH] => one_line(domain::SearchText::MAX_LENGTH).examples(["weather forecast"]);
    /// The three-letter ISO 4217 code of the currency that the marketplace settles in.
    Currency => string().pattern(Some("^[A-Za-z]{3}$")).examples(["USD"]);
    /// Name of a request, chosen by the client.
    IdempotencyKey => string()
        .pattern(Some(format!("^[ -~]{{1,{}}}$", Key::MAX_LENGTH)))
        .examples(["5f1c9f3e-order-1"]);
    /// Cursor of the page: the `next_cursor` of the page before.
    OwnListingCursor => string().pattern(Some(cursor::pattern::<ListingId>(())));
    /// Cursor of the page: the `next_cursor` of the page before.
    AuditCursor => string().pattern(Some(cursor::pattern::<i64>(())));
    /// Cursor of the page: the `next_cursor` of the page before.
    OrderCursor => string().pattern(Some(cursor::pattern::<OrderId>(())));
    /// Cursor of the page: the `next_cursor` of the page before.
    ChargeCursor => string().pattern(Some(cursor::pattern::<ChargeId>(())));
    /// Cursor of the page: the `next_cursor` of the page before.
    SessionCursor => string().pattern(Some(cursor::pattern::<SessionId>(())));
    /// Cursor of the page: the `next_cursor` of the page before.
    TokenCursor => string().pattern(Some(cursor::pattern::<TokenId>(())));
    /// Cursor of the page: the `next_cursor` of the page before, in the same order.
    CatalogueCursor => string().pattern(Some(cursor::catalogue_pattern()));
}
