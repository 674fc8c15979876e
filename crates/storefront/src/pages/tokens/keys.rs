//! Issuing and deleting access keys of a token.

use actix_web::http::StatusCode;
use udam_domain::IssueAccessKeyError;
use udam_domain::id::{AccessKeyId, TokenId};
use udam_domain::marketplace::FurtherKey;
use udam_domain::time::{Date, Timestamp, start_of};

use super::reveal::{KeyKind, RevealedPage};
use super::{find, page, path};
use crate::error::PageError;
use crate::form::Form;
use crate::pages::gateway_address::callable_address;
use crate::pages::shell::curl;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// Issues a further key, and shows it in the response to the form: it is not shown again.
pub(crate) async fn issue(mut request: Request) -> PageResult {
    request.stepped_up()?;
    let id: TokenId = request.path_id()?;
    let token = find(&request, id).await?.ok_or(PageError::NotFound)?;
    let mut form = std::mem::take(&mut request.form);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(further) = read(&mut form) else {
        return page(&request, &token, status, form).await;
    };
    let keys = &request.gateway()?.keys;
    let (_info, secret) = match keys.issue(request.actor()?, id, further).await {
        Err(IssueAccessKeyError::ExpiresInPast) => {
            form.add_error("expires_on", "must not be a day that has passed");
            return page(&request, &token, status, form).await;
        }
        issued => issued?,
    };
    let called_at = callable_address(&request, token.listing_id).await?;
    let page = RevealedPage {
        layout: request.layout(),
        path: path(id),
        service_name: token.service_name.to_string(),
        kind: KeyKind::Further,
        endpoint_url: Some(request.gateway_address(token.listing_id)),
        api_key: secret.expose(),
        command: Some(curl(&called_at, secret.expose())),
    };
    private(StatusCode::OK, &page)
}

fn read(form: &mut Form) -> Option<FurtherKey> {
    let name = form.read_optional("key_name", str::parse);
    let max_units = form.read_optional("max_units", str::parse);
    let expires_at = form.read_optional("expires_on", end_of_day);
    Some(FurtherKey {
        name: name?,
        max_units: max_units?,
        expires_at: expires_at?,
    })
}

/// The instant at which a day ends (UTC).
fn end_of_day(text: &str) -> Result<Timestamp, &'static str> {
    let day = text.parse::<Date>().ok();
    let next = day.and_then(|day| day.tomorrow().ok());
    next.map(start_of).ok_or("must be a day such as 2026-01-31")
}

/// Deletes a key.
pub(crate) async fn delete(request: Request) -> PageResult {
    let token: TokenId = request.path_id()?;
    let key: AccessKeyId = request.path_id_named("key_id")?;
    let keys = &request.gateway()?.keys;
    if keys.delete(request.actor()?, token, key).await? {
        Ok(see_other(&request.with_flash(&path(token), "key_deleted")))
    } else {
        Err(PageError::NotFound)
    }
}
