//! Logging in.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::{Email, Password};
use udam_domain::marketplace::LogInError;

use super::local_path::local_path;
use super::{count_attempt, redirect_to, show_form, start_session, with_next};
use crate::form::Form;
use crate::layout::Layout;
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

/// What somebody proves to be the account's owner with.
enum Proof {
    Password(Password),
    /// In development the address alone will do.
    Nothing,
}

/// Something to say above the page: what kind of thing, and the sentence.
type Said = (&'static str, &'static str);

/// Shows the form.
pub(crate) async fn show(mut request: Request) -> PageResult {
    let next = local_path(request.form.value("next"));
    if request.is_signed_in() {
        return Ok(redirect_to(next.as_deref()));
    }
    let said = done(request.form.value("done"));
    page(&mut request, StatusCode::OK, Form::default(), next, said)
}

/// Signs in whoever has filled it in right.
pub(crate) async fn submit(mut request: Request) -> PageResult {
    let next = local_path(request.form.value("next"));
    if request.is_signed_in() {
        return Ok(redirect_to(next.as_deref()));
    }
    let mut form = std::mem::take(&mut request.form);
    let email = form.read::<Email>("email");
    let proof = read_proof(&mut form, request.store.in_development());
    let (Some(email), Some(proof)) = (email, proof) else {
        return again(&mut request, form, next, None);
    };
    if matches!(proof, Proof::Password(_)) {
        count_attempt(&request, &email)?;
    }
    let (accounts, origin) = (&request.marketplace().accounts, request.origin());
    let opened = match proof {
        Proof::Password(password) => accounts.log_in(&email, password, origin).await,
        Proof::Nothing => accounts
            .log_in_without_password(email, origin)
            .await
            .map_err(LogInError::Unavailable),
    };
    if let Err(LogInError::InvalidCredentials) = opened {
        let wrong = "The email address or the password is wrong. Check both, and try again.";
        return again(&mut request, form, next, Some(("bad", wrong)));
    }
    start_session(&request, &opened?, next.as_deref())
}

fn read_proof(form: &mut Form, in_development: bool) -> Option<Proof> {
    if in_development && form.value("password").is_empty() {
        return Some(Proof::Nothing);
    }
    let password = form.read_secret("password", Password::attempt);
    password.map(Proof::Password)
}

/// What led here, for those who have just been signed out.
fn done(word: &str) -> Option<Said> {
    Some(match word {
        "ended" => ("good", "That session has ended, and you are logged out."),
        "everywhere" => (
            "good",
            "All your sessions have ended: you are logged out everywhere.",
        ),
        _ => return None,
    })
}

fn again(
    request: &mut Request,
    form: Form,
    next: Option<String>,
    said: Option<Said>,
) -> PageResult {
    page(request, StatusCode::UNPROCESSABLE_ENTITY, form, next, said)
}

fn page(
    request: &mut Request,
    status: StatusCode,
    form: Form,
    next: Option<String>,
    said: Option<Said>,
) -> PageResult {
    show_form(request, status, |layout| LogInPage {
        layout: match said {
            Some((kind, text)) => layout.with_notice(kind, text),
            None => layout,
        },
        form,
        register_path: with_next("/register", next.as_deref()),
        next,
    })
}
