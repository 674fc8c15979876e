use actix_web::{HttpMessage, HttpRequest};
use udam_domain::id::AccountId;

/// The account that a request acts for.
#[derive(Debug, Clone, Copy)]
struct ActingAccount(AccountId);

/// Records for the access log which account a request acts for.
pub fn record_acting_account(request: &HttpRequest, account: AccountId) {
    request.extensions_mut().insert(ActingAccount(account));
}

/// The account that was recorded for a request.
#[must_use]
pub fn acting_account(request: &HttpRequest) -> Option<AccountId> {
    let recorded = request.extensions().get::<ActingAccount>().copied();
    recorded.map(|ActingAccount(account)| account)
}
