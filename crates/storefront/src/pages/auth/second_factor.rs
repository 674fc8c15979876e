//! Ending a login by the second factor.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::{ChallengeSecret, FactorProof};
use udam_domain::marketplace::FinishLogInError;

use super::local_path::local_path;
use super::{redirect_to, show_form, start_session, with_next};
use crate::device::DeviceSecret;
use crate::form::Form;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, see_other};

#[derive(Template)]
#[template(path = "second_factor.html")]
struct SecondFactorPage<'a> {
    layout: Layout,
    form: Form,
    challenge: &'a str,
    next: Option<String>,
}

/// Shows the form, in the response to that of the password: the login has no address of its own.
pub(super) fn ask(
    request: &mut Request,
    challenge: &ChallengeSecret,
    next: Option<String>,
) -> PageResult {
    page(request, StatusCode::OK, Form::default(), challenge, next)
}

/// Redirects a visitor who opens the address itself to the login page.
pub(crate) async fn show(_request: Request) -> PageResult {
    Ok(see_other("/login"))
}

/// Logs in, if the code is right.
pub(crate) async fn submit(mut request: Request) -> PageResult {
    let next = local_path(request.form.value("next"));
    if request.is_signed_in() {
        return Ok(redirect_to(next.as_deref()));
    }
    let mut form = std::mem::take(&mut request.form);
    let challenge = ChallengeSecret::new(form.value("challenge").to_owned());
    let wrong = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(proof) = form.read::<FactorProof>("code") else {
        return page(&mut request, wrong, form, &challenge, next);
    };
    let factors = &request.marketplace().second_factors;
    let device = DeviceSecret::of(&request);
    let client = device.client(&request);
    match factors.finish_log_in(&challenge, proof, client).await {
        Ok(opened) => start_session(&request, &opened, Some(&device), next.as_deref()),
        Err(FinishLogInError::WrongCode) => {
            form.add_error("code", WRONG);
            page(&mut request, wrong, form, &challenge, next)
        }
        Err(FinishLogInError::NoChallenge) => {
            let path = with_next("/login", next.as_deref());
            let and = if next.is_some() { '&' } else { '?' };
            Ok(see_other(&format!("{path}{and}done=expired")))
        }
        Err(error) => Err(error.into()),
    }
}

/// The rule that a wrong code breaks.
pub(super) const WRONG: &str =
    "must be the code that your app shows now, or a recovery code; each can be used once";

fn page(
    request: &mut Request,
    status: StatusCode,
    form: Form,
    challenge: &ChallengeSecret,
    next: Option<String>,
) -> PageResult {
    show_form(request, status, |layout| SecondFactorPage {
        layout,
        form: form.without("code"),
        challenge: challenge.expose(),
        next,
    })
}
