//! Taking one's data along, and deleting the account.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::{Obligation, Password};
use udam_domain::marketplace::{DeleteAccount, DeleteAccountError};
use udam_web::export;

use crate::cookies::{self, Purpose};
use crate::error::PageError;
use crate::form::Form;
use crate::layout::Layout;
use crate::pages::auth::clear_session;
use crate::request::Request;
use crate::response::{PageResult, private};

#[derive(Template)]
#[template(path = "delete_account.html")]
struct DeleteAccountPage {
    layout: Layout,
    form: Form,
    email: String,
    /// Advice on what to do before; none if the account can be deleted.
    obligations: Vec<&'static str>,
}

/// All that is stored of the account, as a file.
pub(crate) async fn export_data(request: Request) -> PageResult {
    let account = request.stepped_up()?.account.id;
    Ok(export::export(request.marketplace(), account))
}

/// Says what becomes of the account, and asks for the password.
pub(crate) async fn confirm(request: Request) -> PageResult {
    request.stepped_up()?;
    page(&request, StatusCode::OK, Form::default(), &[])
}

/// Deletes the account, and logs out.
pub(crate) async fn delete(mut request: Request) -> PageResult {
    let mut form = std::mem::take(&mut request.form);
    let signed_in = request.stepped_up()?;
    let Some(password) = form.read_secret("password", Password::attempt) else {
        return page(&request, StatusCode::UNPROCESSABLE_ENTITY, form, &[]);
    };
    let deletion = DeleteAccount {
        email: signed_in.account.email.clone(),
        password,
        session: Some(signed_in.session.id),
    };
    let personal_data = &request.marketplace().personal_data;
    match personal_data.delete(request.actor()?, deletion).await {
        Ok(()) => {
            let mut response = clear_session(&request, "/login?done=deleted")?;
            let device = cookies::removal(Purpose::Device, request.store.stage());
            cookies::set(&mut response, &device)?;
            Ok(response)
        }
        Err(DeleteAccountError::InvalidCredentials) => {
            form.add_error("password", "must be the password you log in with");
            page(&request, StatusCode::UNPROCESSABLE_ENTITY, form, &[])
        }
        Err(DeleteAccountError::StillNeeded(obligations)) => {
            page(&request, StatusCode::CONFLICT, form, &obligations)
        }
        Err(DeleteAccountError::TooManyAttempts(limited)) => {
            Err(PageError::RateLimited(limited.retry_after_seconds()))
        }
        Err(DeleteAccountError::Hashing(error)) => Err(error.into()),
        Err(DeleteAccountError::Unavailable(error)) => Err(error.into()),
    }
}

fn page(
    request: &Request,
    status: StatusCode,
    form: Form,
    obligations: &[Obligation],
) -> PageResult {
    let email = request.signed_in()?.account.email.to_string();
    let page = DeleteAccountPage {
        layout: request.layout(),
        form,
        email,
        obligations: obligations.iter().map(|found| found.advice()).collect(),
    };
    private(status, &page)
}
