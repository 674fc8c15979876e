//! Logging in.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::{Email, Password};
use udam_domain::marketplace::LogInError;

use super::own_path::own_path;
use super::{count_attempt, enter, onwards, show_form, with_next};
use crate::answer::Answer;
use crate::form::Form;
use crate::shell::Shell;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "login.html")]
struct LogInPage {
    shell: Shell,
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
pub(crate) async fn show(mut visit: Visit) -> Answer {
    let next = own_path(visit.form.value("next"));
    if visit.is_signed_in() {
        return Ok(onwards(next.as_deref()));
    }
    let said = done(visit.form.value("done"));
    page(&mut visit, StatusCode::OK, Form::default(), next, said)
}

/// Signs in whoever has filled it in right.
pub(crate) async fn submit(mut visit: Visit) -> Answer {
    let next = own_path(visit.form.value("next"));
    if visit.is_signed_in() {
        return Ok(onwards(next.as_deref()));
    }
    let mut form = std::mem::take(&mut visit.form);
    let email = form.read::<Email>("email");
    let proof = read_proof(&mut form, visit.store.in_development());
    let (Some(email), Some(proof)) = (email, proof) else {
        return again(&mut visit, form, next, None);
    };
    if matches!(proof, Proof::Password(_)) {
        count_attempt(&visit, &email)?;
    }
    let (accounts, origin) = (&visit.marketplace().accounts, visit.origin());
    let opened = match proof {
        Proof::Password(password) => accounts.log_in(&email, password, origin).await,
        Proof::Nothing => accounts
            .log_in_without_password(email, origin)
            .await
            .map_err(LogInError::Unavailable),
    };
    if let Err(LogInError::InvalidCredentials) = opened {
        let wrong = "The email address or the password is wrong. Check both, and try again.";
        return again(&mut visit, form, next, Some(("bad", wrong)));
    }
    enter(&visit, &opened?, next.as_deref())
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

fn again(visit: &mut Visit, form: Form, next: Option<String>, said: Option<Said>) -> Answer {
    page(visit, StatusCode::UNPROCESSABLE_ENTITY, form, next, said)
}

fn page(
    visit: &mut Visit,
    status: StatusCode,
    form: Form,
    next: Option<String>,
    said: Option<Said>,
) -> Answer {
    show_form(visit, status, |shell| LogInPage {
        shell: match said {
            Some((kind, text)) => shell.saying(kind, text),
            None => shell,
        },
        form,
        register_path: with_next("/register", next.as_deref()),
        next,
    })
}
