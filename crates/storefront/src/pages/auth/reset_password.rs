//! Resetting a password by a link.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::Password;
use udam_domain::mail::{LinkPurpose, LinkSecret};
use udam_domain::marketplace::{ResetPassword, ResetPasswordError};
use udam_domain::{StoreError, UseLinkError};

use super::register::password_hint;
use super::{clear_session, show_form};
use crate::device::DeviceSecret;
use crate::error::PageError;
use crate::form::Form;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::PageResult;

#[derive(Template)]
#[template(path = "reset_password.html")]
struct ResetPasswordPage {
    layout: Layout,
    form: Form,
    /// Secret of the link; `None` if it cannot be used.
    link: Option<String>,
    email: String,
    password_hint: String,
}

/// Shows the form, if the link can be used. Following the link does not use it: programs that check mails do so as well.
pub(crate) async fn show(mut request: Request) -> PageResult {
    page(&mut request, StatusCode::OK, Form::default()).await
}

/// Resets the password.
pub(crate) async fn submit(mut request: Request) -> PageResult {
    let mut form = std::mem::take(&mut request.form);
    request.form.set("link", form.value("link").to_owned());
    let Some(password) = form.read_secret("password", Password::new) else {
        return page(&mut request, StatusCode::UNPROCESSABLE_ENTITY, form).await;
    };
    let reset = ResetPassword {
        link: LinkSecret::new(form.value("link").to_owned()),
        password,
    };
    let client = DeviceSecret::of(&request).client(&request);
    let links = request.marketplace().mail_links.as_ref();
    let links = links.ok_or(PageError::NotFound)?;
    match links.reset_password(reset, client).await {
        Ok(_) => clear_session(&request, "/login?done=reset"),
        Err(ResetPasswordError::WeakPassword(rule)) => {
            form.add_error("password", rule);
            page(&mut request, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
        Err(ResetPasswordError::Link(UseLinkError::Spent)) => {
            page(&mut request, StatusCode::CONFLICT, form).await
        }
        Err(ResetPasswordError::Link(UseLinkError::Unavailable(error))) => Err(error.into()),
        Err(ResetPasswordError::Hashing(error)) => Err(error.into()),
    }
}

async fn page(request: &mut Request, status: StatusCode, form: Form) -> PageResult {
    let (link, email) = match usable(request).await? {
        Some((link, email)) => (Some(link), email),
        None => (None, String::new()),
    };
    show_form(request, status, |layout| ResetPasswordPage {
        layout,
        form,
        link,
        email,
        password_hint: password_hint(),
    })
}

/// The secret of the link of the request and the address that it was sent to, if it can be used for this.
async fn usable(request: &Request) -> Result<Option<(String, String)>, StoreError> {
    let Some(links) = request.marketplace().mail_links.as_ref() else {
        return Ok(None);
    };
    let text = request.form.value("link").to_owned();
    let found = links.find(&LinkSecret::new(text.clone())).await?;
    let found = found.filter(|link| link.purpose == LinkPurpose::ResetPassword);
    Ok(found.map(|link| (text, link.email.to_string())))
}
