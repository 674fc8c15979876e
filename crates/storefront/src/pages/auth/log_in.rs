//! Logging in.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::{Email, Password};
use udam_domain::marketplace::LogInError;

use super::local_path::local_path;
use super::{redirect_to, second_factor, show_form, start_session, with_next};
use crate::device::DeviceSecret;
use crate::form::Form;
use crate::layout::{Layout, Notice};
use crate::request::Request;
use crate::response::PageResult;

#[derive(Template)]
#[template(path = "login.html")]
struct LogInPage {
    layout: Layout,
    form: Form,
    next: Option<String>,
    register_path: String,
}

/// Shows the form.
pub(crate) async fn show(mut request: Request) -> PageResult {
    let next = local_path(request.form.value("next"));
    if request.is_signed_in() {
        return Ok(redirect_to(next.as_deref()));
    }
    let notice = notice(request.form.value("done"));
    page(&mut request, StatusCode::OK, Form::default(), next, notice)
}

/// Logs in, if the credentials are right.
pub(crate) async fn submit(mut request: Request) -> PageResult {
    let next = local_path(request.form.value("next"));
    if request.is_signed_in() {
        return Ok(redirect_to(next.as_deref()));
    }
    let mut form = std::mem::take(&mut request.form);
    let email = form.read::<Email>("email");
    if let Some(development) = &request.store.dependencies.development
        && form.value("password").is_empty()
    {
        let Some(email) = email else {
            return show_again(&mut request, form, next, None);
        };
        let opened = development.log_in.log_in(email, request.origin()).await?;
        return start_session(&request, &opened, None, next.as_deref());
    }
    let password = form.read_secret("password", Password::attempt);
    let (Some(email), Some(password)) = (email, password) else {
        return show_again(&mut request, form, next, None);
    };
    let accounts = &request.marketplace().accounts;
    let device = DeviceSecret::of(&request);
    let client = device.client(&request);
    let opened = accounts.log_in(&email, password, client).await;
    if let Err(LogInError::SecondFactorRequired { secret, .. }) = &opened {
        return second_factor::ask(&mut request, secret, next);
    }
    if let Err(LogInError::InvalidCredentials) = opened {
        let wrong = "The email address or password is wrong. Check both and try again.";
        return show_again(&mut request, form, next, Some(Notice::error(wrong)));
    }
    if let Err(LogInError::Suspended) = opened {
        let suspended = "The operator of the marketplace has suspended this account.";
        return show_again(&mut request, form, next, Some(Notice::error(suspended)));
    }
    start_session(&request, &opened?, Some(&device), next.as_deref())
}

/// The message of a code in the address, for visitors who have just logged out. Unlike flash codes it is not
/// signed: there is no session any more to sign it with.
fn notice(code: &str) -> Option<Notice> {
    let text = match code {
        "expired" => {
            return Some(Notice::info(
                "That took longer than five minutes, or was done elsewhere. Log in again.",
            ));
        }
        "reset" => "Your new password is set. Log in with it.",
        "deleted" => "Your account is deleted.",
        "verified" => "Your address is verified. Log in with it.",
        "ended" => "Your session has ended. You are logged out.",
        "everywhere" => "All your sessions have ended. You are logged out everywhere.",
        _ => return None,
    };
    Some(Notice::success(text))
}

fn show_again(
    request: &mut Request,
    form: Form,
    next: Option<String>,
    notice: Option<Notice>,
) -> PageResult {
    page(
        request,
        StatusCode::UNPROCESSABLE_ENTITY,
        form,
        next,
        notice,
    )
}

fn page(
    request: &mut Request,
    status: StatusCode,
    form: Form,
    next: Option<String>,
    notice: Option<Notice>,
) -> PageResult {
    show_form(request, status, |layout| LogInPage {
        layout: layout.with_notice(notice),
        form,
        register_path: with_next("/register", next.as_deref()),
        next,
    })
}
