//! Registering an account.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::{AccountName, Email, Password};
use udam_domain::marketplace::{Register, RegisterError};

use super::local_path::local_path;
use super::{redirect_to, show_form, start_session, with_next};
use crate::device::DeviceSecret;
use crate::form::Form;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::PageResult;

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage {
    layout: Layout,
    form: Form,
    next: Option<String>,
    log_in_path: String,
    password_hint: String,
    email_taken: bool,
}

/// Shows the form.
pub(crate) async fn show(mut request: Request) -> PageResult {
    let next = local_path(request.form.value("next"));
    if request.is_signed_in() {
        return Ok(redirect_to(next.as_deref()));
    }
    page(&mut request, StatusCode::OK, Form::default(), next)
}

/// Registers the account and logs it in.
pub(crate) async fn submit(mut request: Request) -> PageResult {
    let next = local_path(request.form.value("next"));
    if request.is_signed_in() {
        return Ok(redirect_to(next.as_deref()));
    }
    let mut form = std::mem::take(&mut request.form);
    let Some(registration) = read(&mut form) else {
        return page(&mut request, StatusCode::UNPROCESSABLE_ENTITY, form, next);
    };
    let accounts = &request.marketplace().accounts;
    let device = DeviceSecret::of(&request);
    let client = device.client(&request);
    let opened = accounts.register(registration, client).await;
    match opened {
        Err(RegisterError::EmailTaken) => {
            let taken = "already has an account: log in, or use another address";
            form.add_error("email", taken);
            page(&mut request, StatusCode::CONFLICT, form, next)
        }
        Err(RegisterError::Name(rule)) => {
            form.add_error("name", rule);
            page(&mut request, StatusCode::UNPROCESSABLE_ENTITY, form, next)
        }
        Err(RegisterError::WeakPassword(rule)) => {
            form.add_error("password", rule);
            page(&mut request, StatusCode::UNPROCESSABLE_ENTITY, form, next)
        }
        opened => start_session(&request, &opened?, Some(&device), next.as_deref()),
    }
}

fn read(form: &mut Form) -> Option<Register> {
    // In the order of the fields, which is the order in which errors are listed.
    let email = form.read::<Email>("email");
    let name = form.read::<AccountName>("name");
    let password = form.read_secret("password", Password::new);
    Some(Register {
        email: email?,
        password: password?,
        name: Some(name?),
    })
}

fn page(request: &mut Request, status: StatusCode, form: Form, next: Option<String>) -> PageResult {
    show_form(request, status, |layout| RegisterPage {
        layout,
        form,
        log_in_path: with_next("/login", next.as_deref()),
        next,
        password_hint: password_hint(),
        email_taken: status == StatusCode::CONFLICT,
    })
}

/// The hint beside the field of a new password.
pub(in crate::pages) fn password_hint() -> String {
    let (least, most) = (Password::MIN_LENGTH, Password::MAX_LENGTH);
    format!("{least} to {most} characters. Several words in a row work well.")
}
