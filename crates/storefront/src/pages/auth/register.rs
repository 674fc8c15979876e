//! Registering an account.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::{AccountName, Email, Password};
use udam_domain::marketplace::{MailLinks, Register, RegisterError};

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
    /// Whether the address is verified before there is an account.
    by_link: bool,
}

#[derive(Template)]
#[template(path = "registered.html")]
struct RegisteredPage {
    layout: Layout,
    email: String,
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
    if let Some(links) = links_to_register(&request) {
        let email = registration.email.to_string();
        let asked = links.register(registration).await;
        return match asked {
            Ok(()) => show_form(&mut request, StatusCode::ACCEPTED, |layout| {
                RegisteredPage { layout, email }
            }),
            Err(error) => refused(&mut request, form, next, error),
        };
    }
    let accounts = &request.marketplace().accounts;
    let device = DeviceSecret::of(&request);
    let client = device.client(&request);
    let opened = accounts.register(registration, client).await;
    if let (Ok(opened), Some(links)) = (&opened, &request.marketplace().mail_links) {
        let account = opened.signed_in.account.id;
        links.offer_verification(account).await;
    }
    match opened {
        Ok(opened) => start_session(&request, &opened, Some(&device), next.as_deref()),
        Err(error) => refused(&mut request, form, next, error),
    }
}

/// What registers by links, if accounts are registered so.
fn links_to_register(request: &Request) -> Option<MailLinks> {
    let links = request.marketplace().mail_links.as_ref();
    links.filter(|links| links.requires_verification()).cloned()
}

/// Shows the form again with what is wrong in it.
fn refused(
    request: &mut Request,
    mut form: Form,
    next: Option<String>,
    error: RegisterError,
) -> PageResult {
    match error {
        RegisterError::EmailTaken => {
            let taken = "already has an account: log in, or use another address";
            form.add_error("email", taken);
            page(request, StatusCode::CONFLICT, form, next)
        }
        RegisterError::Name(rule) => {
            form.add_error("name", rule);
            page(request, StatusCode::UNPROCESSABLE_ENTITY, form, next)
        }
        RegisterError::WeakPassword(rule) => {
            form.add_error("password", rule);
            page(request, StatusCode::UNPROCESSABLE_ENTITY, form, next)
        }
        error => Err(error.into()),
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
    let by_link = links_to_register(request).is_some();
    show_form(request, status, |layout| RegisterPage {
        layout,
        form,
        log_in_path: with_next("/login", next.as_deref()),
        next,
        password_hint: password_hint(),
        email_taken: status == StatusCode::CONFLICT,
        by_link,
    })
}

/// The hint beside the field of a new password.
pub(in crate::pages) fn password_hint() -> String {
    let (least, most) = (Password::MIN_LENGTH, Password::MAX_LENGTH);
    format!("{least} to {most} characters. Several words in a row work well.")
}
