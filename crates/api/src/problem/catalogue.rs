use std::fmt::Write as _;

use actix_web::http::StatusCode;

/// Entry of the catalogue, shared by all problems of a code.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The HTTP status it comes with.
    pub status: StatusCode,
    /// Its stable name.
    pub name: &'static str,
    /// Title, the same for every problem of this code.
    pub title: &'static str,
    /// Advice on what to do next.
    pub advice: &'static str,
}

/// The catalogue is one table, so that no code can be without its entry nor missing from
/// [`Code::ALL`].
macro_rules! catalogue {
    ($($(#[$doc:meta])* $code:ident => $status:ident, $name:literal, $title:literal, $advice:literal;)*) => {
        /// Code of a problem. Clients decide by its name, which never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $title] $code,)*
        }

        impl Code {
            /// Every code, in the order of their statuses.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// Its entry.
            #[must_use]
            pub const fn entry(self) -> Entry {
                match self {
                    $(Self::$code => Entry {
                        status: StatusCode::$status,
                        name: $name,
                        title: $title,
                        advice: $advice,
                    },)*
                }
            }
        }
    };
}

catalogue! {
    MalformedJson => BAD_REQUEST, "malformed_json",
        "Malformed JSON",
        "Send one JSON object, in UTF-8.";
    MalformedRequest => BAD_REQUEST, "malformed_request",
        "Malformed request",
        "Check the request line and the headers; RFC 9112 says what they must be.";
    Unauthenticated => UNAUTHORIZED, "unauthenticated",
        "Not signed in",
        "Log in, and send the session token as 'Authorization: Bearer <session_token>'.";
    InvalidCredentials => UNAUTHORIZED, "invalid_credentials",
        "Wrong credentials",
        "Check the email address and the password, and try again.";
    SecondFactorRequired => UNAUTHORIZED, "second_factor_required",
        "Second factor required",
        "Send 'challenge' with a code of your app, or a recovery code, to POST /v1/auth/login/second-factor.";
    InvalidSecondFactor => UNAUTHORIZED, "invalid_second_factor",
        "Wrong code",
        "Send the code that your app shows now, or a recovery code; each is accepted once.";
    ChallengeExpired => UNAUTHORIZED, "challenge_expired",
        "Login expired",
        "Log in again with the email address and the password.";
    StepUpRequired => FORBIDDEN, "step_up_required",
        "Recent proof required",
        "Send a code of your app, or a recovery code, to POST /v1/auth/step-up, and try again within a quarter of an hour.";
    SecondFactorNeeded => FORBIDDEN, "second_factor_needed",
        "Second factor needed",
        "Add a second factor on the account page or with POST /v1/auth/totp.";
    Forbidden => FORBIDDEN, "forbidden",
        "Forbidden",
        "Sign in as the account that it belongs to.";
    ScopeMissing => FORBIDDEN, "scope_missing",
        "Scope missing",
        "Make an API key that has the scope that the detail names.";
    SessionRequired => FORBIDDEN, "session_required",
        "Session required",
        "Log in, and send the session token: this call takes no API key.";
    Suspended => FORBIDDEN, "suspended",
        "Suspended",
        "Ask the operator of the marketplace: it has suspended the account, or the listing or its seller.";
    EmailUnverified => FORBIDDEN, "email_unverified",
        "Email address not verified",
        "Follow the link that was sent to your address; the account page sends another, and so does POST /v1/auth/forgot-password.";
    NotFound => NOT_FOUND, "not_found",
        "Not found",
        "Check the path and the identifier, and that it is yours to see.";
    MethodNotAllowed => METHOD_NOT_ALLOWED, "method_not_allowed",
        "Method not allowed",
        "Use one of the methods that the Allow header names.";
    RequestTimeout => REQUEST_TIMEOUT, "request_timeout",
        "Request timeout",
        "Send all of the request at once.";
    InsufficientUnits => CONFLICT, "insufficient_units",
        "Insufficient units",
        "Ask for at most as many units as are left.";
    TooManyUnits => CONFLICT, "too_many_units",
        "Too many units",
        "Order at most as many units as the seller allows in one order.";
    ListingUnavailable => CONFLICT, "listing_unavailable",
        "Listing unavailable",
        "Choose another listing, or wait until its seller puts it back on sale.";
    PriceChanged => CONFLICT, "price_changed",
        "Price changed",
        "Read the listing again, and order at the price that it has now.";
    PayFirst => CONFLICT, "pay_first",
        "Payment first",
        "Order more units: the order has to be paid first, and costs less than can be charged.";
    TabLimit => CONFLICT, "tab_limit",
        "Tab full",
        "Pay your tab with POST /v1/tab/checkout, or order more units.";
    TabOverdue => CONFLICT, "tab_overdue",
        "Tab overdue",
        "Pay your tab with POST /v1/tab/checkout, or order more units.";
    NewTabLimit => CONFLICT, "new_tab_limit",
        "Tab of a new buyer full",
        "Order more units, so that the order can be paid; your tab may stand higher from then on.";
    NewTabPerAddress => CONFLICT, "new_tab_per_address",
        "Tabs of new buyers full",
        "Order more units, so that the order can be paid, or come back tomorrow.";
    TabInCheckout => CONFLICT, "tab_in_checkout",
        "Tab in checkout",
        "Pay or cancel first what the detail names: it carries your tab.";
    TooManyOpenCheckouts => CONFLICT, "too_many_open_checkouts",
        "Too many open checkouts",
        "Pay or cancel an order that awaits payment.";
    HeldBefore => CONFLICT, "held_before",
        "Held before",
        "Order again after the time that the detail names, or pay for another order first.";
    EmailTaken => CONFLICT, "email_taken",
        "Email address taken",
        "Log in to that account, or register another address.";
    NameReserved => CONFLICT, "name_reserved",
        "Name reserved",
        "Choose a name that does not look like one of the marketplace or of its staff.";
    NameTaken => CONFLICT, "name_taken",
        "Name taken",
        "Choose a name that does not look like that of another seller; before you publish, change your own.";
    InvalidState => CONFLICT, "invalid_state",
        "Invalid state",
        "Read it again to see its current state.";
    AccountNeeded => CONFLICT, "account_needed",
        "Account still needed",
        "Do what `detail` says, and delete the account then.";
    DisputeOpen => CONFLICT, "dispute_open",
        "Payment disputed",
        "Wait for the end of the dispute: until then, the bank holds the money.";
    ComplaintOpen => CONFLICT, "complaint_open",
        "Complaint open",
        "Wait until the operator has resolved the complaint that you have sent.";
    TooManyAccessKeys => CONFLICT, "too_many_access_keys",
        "Too many access keys",
        "Delete an access key of the token that is not used any more.";
    TooManyApiKeys => CONFLICT, "too_many_api_keys",
        "Too many API keys",
        "Revoke an API key that is not used any more.";
    TokenRevoked => GONE, "token_revoked",
        "Token revoked",
        "Place another order to get a new token.";
    TokenExpired => GONE, "token_expired",
        "Token expired",
        "Place another order to get a new token.";
    PayloadTooLarge => PAYLOAD_TOO_LARGE, "payload_too_large",
        "Payload too large",
        "Send a smaller body.";
    UnsupportedMediaType => UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type",
        "Unsupported media type",
        "Send the body unencoded, as 'Content-Type: application/json'.";
    InvalidRequest => UNPROCESSABLE_ENTITY, "invalid_request",
        "Validation failed",
        "Correct every field listed in 'errors', and send it again.";
    IdempotencyKeyReused => UNPROCESSABLE_ENTITY, "idempotency_key_reused",
        "Idempotency key reused",
        "Use a new Idempotency-Key for a new order, or repeat the first request unchanged.";
    RateLimited => TOO_MANY_REQUESTS, "rate_limited",
        "Too many requests",
        "Wait for as many seconds as the Retry-After header says.";
    TooManyCheckouts => TOO_MANY_REQUESTS, "too_many_checkouts",
        "Too many checkouts",
        "Ask for the checkout again after as many seconds as the Retry-After header says; an order is kept until it lapses.";
    TooManyListings => TOO_MANY_REQUESTS, "too_many_listings",
        "Too many new listings",
        "Publish more tomorrow; who has sold something that was paid, or has made a payment, is not limited.";
    RequestHeadTooLarge => REQUEST_HEADER_FIELDS_TOO_LARGE, "request_head_too_large",
        "Request head too large",
        "Send fewer or shorter headers, and a shorter address.";
    InternalError => INTERNAL_SERVER_ERROR, "internal_error",
        "Internal error",
        "Try again; if it keeps failing, give the operator the request id.";
    PaymentProviderError => BAD_GATEWAY, "payment_provider_error",
        "Payment provider error",
        "Nothing was charged; the detail says whether trying again in a moment helps.";
    Overloaded => SERVICE_UNAVAILABLE, "overloaded",
        "Overloaded",
        "Try again after as many seconds as the Retry-After header says.";
    PaymentsUnavailable => SERVICE_UNAVAILABLE, "payments_unavailable",
        "Payments unavailable",
        "Keep to orders small enough for your tab, of listings that are not 'pay_first', until the operator has set up payments.";
    MailUnavailable => SERVICE_UNAVAILABLE, "mail_unavailable",
        "Mail unavailable",
        "Ask the operator, who can make a link that resets your password.";
}

impl Code {
    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.entry().name
    }

    /// The code with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

/// The catalogue as the table in docs/API.md.
#[must_use]
pub fn markdown() -> String {
    let mut table =
        "| Status | Code | What it means | What to do |\n|---|---|---|---|\n".to_owned();
    for code in Code::ALL {
        let entry = code.entry();
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| {} | `{}` | {} | {} |",
            entry.status.as_u16(),
            entry.name,
            entry.title,
            entry.advice,
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_has_a_name_of_its_own_and_an_error_status() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.entry().status.as_u16() >= 400);
            assert_eq!(Code::named(code.name()), Some(*code));
        }
    }

    #[test]
    fn the_catalogue_is_sorted_by_status() {
        assert!(Code::ALL.is_sorted_by_key(|code| code.entry().status));
    }

    #[test]
    fn the_api_page_shows_the_catalogue() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/API.md");
        let page = std::fs::read_to_string(page).unwrap_or_default();
        let table = markdown();
        assert!(
            page.contains(&table),
            "the table of codes in docs/API.md should read:\n{table}"
        );
    }
}
