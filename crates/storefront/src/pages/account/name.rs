//! Changing the public name.

use actix_web::http::StatusCode;
use udam_domain::account::AccountName;
use udam_domain::marketplace::RenameError;
use udam_domain::page::PageRequest;

use super::page;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// Changes the name that others see.
pub(crate) async fn change(mut request: Request) -> PageResult {
    let mut form = std::mem::take(&mut request.form);
    let actor = request.actor()?;
    let Some(name) = form.read::<AccountName>("name") else {
        let page = page(&request, form, PageRequest::default()).await?;
        return private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    match request.marketplace().accounts.rename(actor, name).await {
        Err(RenameError::Name(rule)) => {
            form.add_error("name", rule);
            let page = page(&request, form, PageRequest::default()).await?;
            return private(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
        renamed => renamed?,
    }
    Ok(see_other(&request.with_flash("/account", "name")))
}
