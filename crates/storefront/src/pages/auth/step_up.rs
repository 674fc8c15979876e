//! Proving the second factor again, before what asks for a recent proof.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::FactorProof;
use udam_domain::marketplace::StepUpError;

use super::local_path::local_path;
use super::second_factor::WRONG;
use super::{redirect_to, show_form};
use crate::form::Form;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::PageResult;

#[derive(Template)]
#[template(path = "step_up.html")]
struct StepUpPage {
    layout: Layout,
    form: Form,
    next: Option<String>,
}

/// Shows the form, unless there is nothing to prove.
pub(crate) async fn show(mut request: Request) -> PageResult {
    let next = local_path(request.form.value("next"));
    let now = request.marketplace().clock.now();
    if request.signed_in()?.check_step_up(now).is_ok() {
        return Ok(redirect_to(next.as_deref()));
    }
    page(&mut request, StatusCode::OK, Form::default(), next)
}

/// Goes back to the page that asked, if the code is right.
pub(crate) async fn submit(mut request: Request) -> PageResult {
    let next = local_path(request.form.value("next"));
    let mut form = std::mem::take(&mut request.form);
    let signed_in = request.signed_in()?;
    let wrong = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(proof) = form.read::<FactorProof>("code") else {
        return page(&mut request, wrong, form, next);
    };
    let factors = &request.marketplace().second_factors;
    let proved = factors.step_up(request.actor()?, signed_in, proof).await;
    match proved {
        // Another tab may have removed it: then nothing asks for it any more.
        Ok(_) | Err(StepUpError::NoFactor) => Ok(redirect_to(next.as_deref())),
        Err(StepUpError::WrongCode) => {
            form.add_error("code", WRONG);
            page(&mut request, wrong, form, next)
        }
        Err(error) => Err(error.into()),
    }
}

fn page(request: &mut Request, status: StatusCode, form: Form, next: Option<String>) -> PageResult {
    show_form(request, status, |layout| StepUpPage {
        layout,
        form: form.without("code"),
        next,
    })
}
