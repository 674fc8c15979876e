//! Changing one's password.

use actix_web::http::StatusCode;
use udam_domain::account::Password;
use udam_domain::marketplace::ChangePasswordError;

use super::page;
use crate::answer::{Answer, private, see_other};
use crate::form::Form;
use crate::pages::entrance::count_attempt;
use crate::visit::Visit;

/// Changes it, and ends every session but the one that asks.
pub(crate) async fn change(mut visit: Visit) -> Answer {
    let mut form = std::mem::take(&mut visit.form);
    let signed_in = visit.account()?;
    let current = form.read_secret("current_password", Password::attempt);
    let new = form.read_secret("new_password", Password::new);
    let (Some(current), Some(new)) = (current, new) else {
        return again(&visit, form).await;
    };
    count_attempt(&visit, &signed_in.account.email)?;
    let accounts = &visit.marketplace().accounts;
    let changed = accounts
        .change_password(signed_in, current, new, &visit.origin())
        .await;
    if let Err(ChangePasswordError::InvalidCredentials) = changed {
        form.refuse(
            "current_password",
            "is not the one you log in with: type it anew",
        );
        return again(&visit, form).await;
    }
    changed?;
    Ok(see_other(&visit.having_done("/account", "password")))
}

async fn again(visit: &Visit, form: Form) -> Answer {
    let page = page(visit, form, None).await?;
    private(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
