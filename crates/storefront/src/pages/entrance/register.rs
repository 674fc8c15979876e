//! Registering an account.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::{AccountName, Email, Password};
use udam_domain::marketplace::{Register, RegisterError};

use super::own_path::own_path;
use super::{enter, onwards, show_form, with_next};
use crate::answer::Answer;
use crate::form::Form;
use crate::shell::Shell;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage {
    shell: Shell,
    form: Form,
    next: Option<String>,
    log_in_path: String,
    password_rule: String,
    email_taken: bool,
}

/// Shows the form.
pub(crate) async fn show(mut visit: Visit) -> Answer {
    let next = own_path(visit.form.value("next"));
    if visit.is_signed_in() {
        return Ok(onwards(next.as_deref()));
    }
    page(&mut visit, StatusCode::OK, Form::default(), next)
}

/// Makes the account, and signs it in.
pub(crate) async fn submit(mut visit: Visit) -> Answer {
    let next = own_path(visit.form.value("next"));
    if visit.is_signed_in() {
        return Ok(onwards(next.as_deref()));
    }
    let mut form = std::mem::take(&mut visit.form);
    let Some(request) = read(&mut form) else {
        return page(&mut visit, StatusCode::UNPROCESSABLE_ENTITY, form, next);
    };
    let accounts = &visit.marketplace().accounts;
    let opened = accounts.register(request, visit.origin()).await;
    if let Err(RegisterError::EmailTaken) = opened {
        form.refuse(
            "email",
            "belongs to an account already: log in, or use another address",
        );
        return page(&mut visit, StatusCode::CONFLICT, form, next);
    }
    enter(&visit, &opened?, next.as_deref())
}

fn read(form: &mut Form) -> Option<Register> {
    // In the order of the fields, which is the order that mistakes are summed up in.
    let email = form.read::<Email>("email");
    let password = form.read_secret("password", Password::new);
    let name = form.read_optional("name", str::parse::<AccountName>);
    Some(Register {
        email: email?,
        password: password?,
        name: name?,
    })
}

fn page(visit: &mut Visit, status: StatusCode, form: Form, next: Option<String>) -> Answer {
    show_form(visit, status, |shell| RegisterPage {
        shell,
        form,
        log_in_path: with_next("/login", next.as_deref()),
        next,
        password_rule: password_rule(),
        email_taken: status == StatusCode::CONFLICT,
    })
}

/// What a new password has to be, before one finds out by trying.
pub(in crate::pages) fn password_rule() -> String {
    let (least, most) = (Password::MIN_LENGTH, Password::MAX_LENGTH);
    format!("{least} to {most} characters, of any kind. A few words in a row do well.")
}
