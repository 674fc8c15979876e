//! Wire types: the bodies that clients send, and the responses.
//!
//! A `…Body` is parsed into domain types, or only describes what a domain request is read from; a
//! `…Response` holds domain values and serializes them. The schema of each field stands beside it, for the
//! OpenAPI document.

mod access;
mod access_key;
mod account;
mod account_key;
mod administration;
mod administration_schemas;
mod alert;
mod audit;
mod audit_search;
mod call;
mod catalogue;
mod complaint;
mod describe;
mod event;
mod gateway_schemas;
mod gateway_terms;
mod history;
mod listing;
mod listing_response;
mod mail_links;
mod mail_preferences;
mod order;
mod order_story;
mod page;
mod personal_data;
mod probe;
mod problem;
mod readiness;
mod sales;
pub(crate) mod schemas;
mod search;
mod second_factor;
mod session;
mod stories;
mod tab;
mod text_schemas;
mod token;
mod usage;

use std::fmt::Display;
use std::time::Duration;

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

pub(crate) use access_key::{AccessKeyResponse, IssueAccessKeyBody, IssuedAccessKeyResponse};
pub(crate) use account::{
    ChangePasswordBody, EditAccountBody, LogInBody, OpenedSessionResponse, RegisterBody,
    UserResponse,
};
pub(crate) use account_key::{AccountKeyResponse, MadeAccountKeyResponse, MakeAccountKeyBody};
pub(crate) use administration::{ReasonBody, RefundByOperatorBody, SuspensionResponse};
pub(crate) use alert::{AlertResponse, AlertsParams, AlertsQuery};
pub(crate) use audit::AuditRecordResponse;
pub(crate) use audit_search::{AuditEntryResponse, AuditSearchParams, AuditSearchQuery};
pub(crate) use call::{
    CallResponse, ListingCallsParams, ListingCallsQuery, ReceiptResponse, SignedReceiptResponse,
};
pub(crate) use catalogue::CatalogueParams;
pub(crate) use complaint::{ComplaintResponse, SendComplaintBody};
pub(crate) use event::{
    EventResponse, EventsParams, EventsQuery, ReplayPeriodBody, ReplayedResponse,
};
pub(crate) use listing::{EditListingBody, PublishListingBody};
pub(crate) use listing_response::{ListingResponse, MeasuredListingResponse, OwnListingResponse};
pub(crate) use mail_links::{
    AcceptedResponse, ChangeEmailBody, ForgotPasswordBody, ResetPasswordBody, VerifyEmailBody,
};
pub(crate) use mail_preferences::{EditMailPreferencesBody, MailPreferencesResponse};
pub(crate) use order::{OrderResponse, PlaceOrderBody, RefundBody, SaleResponse};
pub(crate) use order_story::OrderStoryResponse;
pub(crate) use page::{
    AuditPageParams, CallPageParams, ChargePageParams, OrderPageParams, OwnListingPageParams,
    PageResponse, SessionPageParams, StoryPageParams, TokenPageParams,
};
pub(crate) use personal_data::{DeleteAccountBody, ExportResponse};
pub(crate) use probe::{ProbeBody, ProbeResponse};
pub(crate) use problem::{FieldErrorResponse, ProblemResponse};
pub(crate) use readiness::ReadyResponse;
pub(crate) use sales::{SalesPageQuery, SalesParams, SalesPeriodQuery};
pub(crate) use search::{SearchParams, SearchQuery, SearchResponse};
pub(crate) use second_factor::{
    BeginTotpBody, ChallengeAnswer, ConfirmTotpBody, ConfirmedTotpResponse, RecoveryCodesResponse,
    RenewedSessionResponse, SecondFactorBody, StepUpBody, SteppedUpResponse, TotpSetupResponse,
};
pub(crate) use session::SessionResponse;
pub(crate) use stories::{AccountStoryResponse, ListingStoryResponse};
pub(crate) use tab::{
    PaymentUrlResponse, ReceivedResponse, TabOrderResponse, TabPaymentResponse, TabResponse,
};
pub(crate) use token::{AccessResponse, TokenResponse};
pub(crate) use usage::{
    SellerUsageParams, SellerUsageQuery, TokenUsageParams, TokenUsageQuery, UsageResponse,
};

/// Confirmation that one or all sessions have ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DoneResponse {
    /// Always `true`.
    #[schema(example = true)]
    pub ok: bool,
}

/// Says that the process is alive.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthResponse {
    /// Always `ok`.
    #[schema(example = "ok")]
    pub status: &'static str,
}

/// A duration in whole milliseconds, rounded.
fn milliseconds(duration: Duration) -> u64 {
    let half = Duration::from_micros(500);
    let rounded = duration.saturating_add(half).as_millis();
    u64::try_from(rounded).unwrap_or(u64::MAX)
}

/// Serializes a value as its text form.
fn as_text<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// As [`as_text`], with `null` for what is not there.
#[expect(clippy::ref_option, reason = "serde hands fields over like this")]
fn as_text_or_null<T: Display, S: Serializer>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}
