//! Adding and removing the second factor.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::{Password, RecoveryCode, TotpCode};
use udam_domain::marketplace::{BeginFactorError, ConfirmFactorError, FactorSetup};
use udam_domain::page::PageRequest;
use zeroize::Zeroizing;

use super::page;
use super::qr_code::QrCode;
use crate::error::PageError;
use crate::form::Form;
use crate::layout::{Layout, Notice};
use crate::pages::auth::renew_session;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// Path of the section of the account's page.
const SECTION: &str = "/account#second-factor";

/// Path of the page that shows the secret of a factor that was begun.
const SETUP: &str = "/account/second-factor";

#[derive(Template)]
#[template(path = "second_factor_setup.html")]
struct SetupPage<'a> {
    layout: Layout,
    form: Form,
    qr_code: Option<QrCode>,
    /// The secret in groups of four, to be typed.
    secret: Zeroizing<String>,
    uri: &'a str,
}

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct RecoveryCodesPage {
    layout: Layout,
    /// One a line.
    codes: Zeroizing<String>,
    count: usize,
}

/// Begins to add a factor, or another in place of the one there is.
pub(crate) async fn begin(mut request: Request) -> PageResult {
    let mut form = std::mem::take(&mut request.form);
    let signed_in = request.stepped_up()?;
    let Some(password) = form.read_secret("factor_password", Password::attempt) else {
        return show_account_again(&request, form).await;
    };
    let factors = &request.marketplace().second_factors;
    match factors.begin(request.actor()?, signed_in, password).await {
        Ok(_setup) => Ok(see_other(SETUP)),
        Err(BeginFactorError::InvalidCredentials) => {
            form.add_error("factor_password", "must be the password you log in with");
            show_account_again(&request, form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Shows the secret of the factor that was begun.
pub(crate) async fn show(request: Request) -> PageResult {
    let factors = &request.marketplace().second_factors;
    match factors.begun(request.stepped_up()?).await? {
        Some(setup) => setup_page(&request, StatusCode::OK, Form::default(), &setup),
        None => Ok(see_other(SECTION)),
    }
}

/// Confirms the factor, and shows its recovery codes in the response to the form: they are not shown again.
pub(crate) async fn confirm(mut request: Request) -> PageResult {
    let mut form = std::mem::take(&mut request.form);
    let signed_in = request.stepped_up()?;
    let factors = &request.marketplace().second_factors;
    let confirmed = match form.read::<TotpCode>("code") {
        Some(code) => factors.confirm(request.actor()?, signed_in, code).await,
        None => Err(ConfirmFactorError::WrongCode),
    };
    let confirmed = match confirmed {
        Ok(confirmed) => confirmed,
        Err(ConfirmFactorError::NotBegun) => return Ok(see_other(SECTION)),
        Err(ConfirmFactorError::WrongCode) => {
            let Some(setup) = factors.begun(signed_in).await? else {
                return Ok(see_other(SECTION));
            };
            if form.error("code").is_none() {
                let rule = "must be the one that your app shows now; check that your phone's clock is right";
                form.add_error("code", rule);
            }
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return setup_page(&request, status, form, &setup);
        }
        Err(error) => return Err(error.into()),
    };
    request.renew_session(&confirmed.token);
    let added = Notice::success(
        "Your second factor is on. You are still logged in here; all your other sessions have ended.",
    );
    let mut response = codes_page(
        request.layout().with_notice(added),
        &confirmed.recovery_codes,
    )?;
    renew_session(&request, &mut response, &confirmed.token)?;
    Ok(response)
}

/// Removes the factor.
pub(crate) async fn remove(mut request: Request) -> PageResult {
    let signed_in = request.stepped_up()?;
    let factors = &request.marketplace().second_factors;
    let token = factors.remove(request.actor()?, signed_in).await?;
    request.renew_session(&token);
    let mut response = see_other(&request.with_flash("/account", "factor_removed"));
    renew_session(&request, &mut response, &token)?;
    Ok(response)
}

/// Replaces the recovery codes, and shows them in the response to the form.
pub(crate) async fn replace_codes(request: Request) -> PageResult {
    let signed_in = request.stepped_up()?;
    let factors = &request.marketplace().second_factors;
    let replaced = factors.replace_recovery_codes(request.actor()?, signed_in);
    codes_page(request.layout(), &replaced.await?)
}

async fn show_account_again(request: &Request, form: Form) -> PageResult {
    let page = page(request, form, PageRequest::default()).await?;
    private(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn setup_page(
    request: &Request,
    status: StatusCode,
    form: Form,
    setup: &FactorSetup,
) -> PageResult {
    let uri = setup.uri.expose();
    let page = SetupPage {
        layout: request.layout(),
        form: form.without("code"),
        qr_code: QrCode::of(uri),
        secret: grouped(setup.secret.expose()),
        uri,
    };
    private(status, &page)
}

fn codes_page(
    layout: Layout,
    codes: &[RecoveryCode],
) -> Result<actix_web::HttpResponse, PageError> {
    let mut text = Zeroizing::new(String::with_capacity(codes.len().saturating_mul(32)));
    for code in codes {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(code.grouped().expose());
    }
    let page = RecoveryCodesPage {
        layout,
        codes: text,
        count: codes.len(),
    };
    private(StatusCode::OK, &page)
}

fn grouped(secret: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(secret.len().saturating_mul(2)));
    for (number, character) in secret.chars().enumerate() {
        if number > 0 && number.is_multiple_of(4) {
            text.push(' ');
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests;
