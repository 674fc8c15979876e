//! Asking for a link that resets a password.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::Email;

use super::show_form;
use crate::error::PageError;
use crate::form::Form;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::PageResult;

#[derive(Template)]
#[template(path = "forgot_password.html")]
struct ForgotPasswordPage {
    layout: Layout,
    form: Form,
    sends_mail: bool,
    /// Address that was given, if one was.
    sent_to: Option<String>,
}

/// Shows the form.
pub(crate) async fn show(mut request: Request) -> PageResult {
    page(&mut request, StatusCode::OK, Form::default(), None)
}

/// Asks for the link. What is shown does not depend on whether the address has an account.
pub(crate) async fn submit(mut request: Request) -> PageResult {
    let mut form = std::mem::take(&mut request.form);
    let Some(email) = form.read::<Email>("email") else {
        return page(&mut request, StatusCode::UNPROCESSABLE_ENTITY, form, None);
    };
    let links = request.marketplace().mail_links.as_ref();
    let links = links.filter(|links| links.sends_mail());
    let sent_to = email.to_string();
    links
        .ok_or(PageError::NotFound)?
        .forgot_password(email)
        .await?;
    page(&mut request, StatusCode::OK, form, Some(sent_to))
}

fn page(
    request: &mut Request,
    status: StatusCode,
    form: Form,
    sent_to: Option<String>,
) -> PageResult {
    let sends_mail = request.sends_mail();
    show_form(request, status, |layout| ForgotPasswordPage {
        layout,
        form,
        sends_mail,
        sent_to,
    })
}
