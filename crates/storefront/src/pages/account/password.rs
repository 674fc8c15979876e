//! Changing the password.

use actix_web::http::StatusCode;
use udam_domain::account::Password;
use udam_domain::marketplace::{ChangePassword, ChangePasswordError};
use udam_domain::page::PageRequest;

use super::page;
use crate::device::DeviceSecret;
use crate::form::Form;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// Changes the password, and ends all other sessions.
pub(crate) async fn change(mut request: Request) -> PageResult {
    let mut form = std::mem::take(&mut request.form);
    let signed_in = request.stepped_up()?;
    let current = form.read_secret("current_password", Password::attempt);
    let new = form.read_secret("new_password", Password::new);
    let (Some(current), Some(new)) = (current, new) else {
        return show_again(&request, form).await;
    };
    let accounts = &request.marketplace().accounts;
    let change = ChangePassword {
        email: signed_in.account.email.clone(),
        current,
        new,
        keep: Some(signed_in.session.id),
        device: DeviceSecret::of(&request).digest(),
    };
    let changed = accounts.change_password(request.actor()?, change).await;
    match changed {
        Err(ChangePasswordError::InvalidCredentials) => {
            form.add_error("current_password", "must be the password you log in with");
            return show_again(&request, form).await;
        }
        Err(ChangePasswordError::WeakPassword(rule)) => {
            form.add_error("new_password", rule);
            return show_again(&request, form).await;
        }
        changed => changed?,
    }
    Ok(see_other(&request.with_flash("/account", "password")))
}

async fn show_again(request: &Request, form: Form) -> PageResult {
    let page = page(request, form, PageRequest::default()).await?;
    private(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
