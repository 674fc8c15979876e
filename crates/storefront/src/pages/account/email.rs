//! Proving and changing the address.

use actix_web::http::StatusCode;
use udam_domain::RequestLinkError;
use udam_domain::account::{Email, Password};
use udam_domain::marketplace::{ChangeEmail, ChangeEmailError};
use udam_domain::page::PageRequest;

use super::email_state::sending;
use super::page;
use crate::error::PageError;
use crate::form::Form;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// Sends another link that proves the address.
pub(crate) async fn send_again(request: Request) -> PageResult {
    let account = request.signed_in()?.account.id;
    match sending(&request)?.send_again(account).await {
        Ok(()) => Ok(see_other(&request.with_flash("/account", "sent"))),
        Err(RequestLinkError::AlreadyVerified) => {
            Ok(see_other(&request.with_flash("/account", "verified")))
        }
        Err(RequestLinkError::TooMany(retry)) => Err(PageError::RateLimited(retry.seconds)),
        Err(RequestLinkError::NameTaken) => Err(PageError::BadRequest),
        Err(RequestLinkError::Unavailable(error)) => Err(error.into()),
    }
}

/// Sends a link to a new address, which the account gets by it.
pub(crate) async fn change(mut request: Request) -> PageResult {
    let mut form = std::mem::take(&mut request.form);
    let signed_in = request.stepped_up()?;
    let to = form.read::<Email>("email");
    let password = form.read_secret("password", Password::attempt);
    let (Some(to), Some(password)) = (to, password) else {
        return show_again(&request, form).await;
    };
    let change = ChangeEmail {
        current: signed_in.account.email.clone(),
        to,
        password,
        session: Some(signed_in.session.id),
    };
    let changed = sending(&request)?.change_email(request.actor()?, change);
    match changed.await {
        Ok(()) => Ok(see_other(&request.with_flash("/account", "sent"))),
        Err(ChangeEmailError::SameAddress) => {
            form.add_error("email", "must be another address than you have");
            show_again(&request, form).await
        }
        Err(ChangeEmailError::InvalidCredentials) => {
            form.add_error("password", "must be the password you log in with");
            show_again(&request, form).await
        }
        Err(ChangeEmailError::TooManyAttempts(limited)) => {
            Err(PageError::RateLimited(limited.retry_after_seconds()))
        }
        Err(ChangeEmailError::Link(RequestLinkError::TooMany(retry))) => {
            Err(PageError::RateLimited(retry.seconds))
        }
        Err(ChangeEmailError::Hashing(error)) => Err(error.into()),
        Err(
            ChangeEmailError::Link(RequestLinkError::Unavailable(error))
            | ChangeEmailError::Unavailable(error),
        ) => Err(error.into()),
        Err(ChangeEmailError::Link(_)) => Err(PageError::BadRequest),
    }
}

async fn show_again(request: &Request, form: Form) -> PageResult {
    let page = page(request, form, PageRequest::default()).await?;
    private(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
