//! Changing one's password.

use actix_web::http::StatusCode;
use udam_domain::account::Password;
use udam_domain::marketplace::ChangePasswordError;

use super::page;
use crate::form::Form;
use crate::pages::auth::count_attempt;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// Changes it, and ends every session but the one that asks.
pub(crate) async fn change(mut request: Request) -> PageResult {
    let mut form = std::mem::take(&mut request.form);
    let signed_in = request.signed_in()?;
    let current = form.read_secret("current_password", Password::attempt);
    let new = form.read_secret("new_password", Password::new);
    let (Some(current), Some(new)) = (current, new) else {
        return again(&request, form).await;
    };
    count_attempt(&request, &signed_in.account.email)?;
    let accounts = &request.marketplace().accounts;
    let changed = accounts
        .change_password(signed_in, current, new, &request.origin())
        .await;
    if let Err(ChangePasswordError::InvalidCredentials) = changed {
        form.add_error(
            "current_password",
            "is not the one you log in with: type it anew",
        );
        return again(&request, form).await;
    }
    changed?;
    Ok(see_other(&request.with_flash("/account", "password")))
}

async fn again(request: &Request, form: Form) -> PageResult {
    let page = page(request, form, None).await?;
    private(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
