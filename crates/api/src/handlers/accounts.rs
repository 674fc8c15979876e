use actix_web::HttpResponse;

use super::{Answer, created, ok};
use crate::call::Call;
use crate::problem::Problem;
use crate::wire::{ChangePasswordBody, LogInBody, OpenedSessionResponse, RegisterBody};

/// Register an account
///
/// Makes an account and signs it in. The session token is shown this once.
#[utoipa::path(
    post,
    path = "/v1/auth/register",
    tag = "Accounts",
    request_body = RegisterBody,
    responses((status = 201, description = "The account, signed in", body = OpenedSessionResponse)),
    extensions(("x-problems" = json!(["email_taken"]))),
)]
pub(crate) async fn register(mut call: Call) -> Answer {
    let body: RegisterBody = call.body()?;
    let accounts = &call.marketplace().accounts;
    let opened = accounts.register(body.into(), call.origin()).await?;
    call.acts_for(opened.signed_in.account.id);
    Ok(created(&OpenedSessionResponse::from(opened)))
}

/// Log in
///
/// Opens a session. Its token is shown this once.
#[utoipa::path(
    post,
    path = "/v1/auth/login",
    tag = "Accounts",
    request_body = LogInBody,
    responses((status = 200, description = "The account, signed in", body = OpenedSessionResponse)),
    extensions(("x-problems" = json!(["invalid_credentials"]))),
)]
pub(crate) async fn log_in(mut call: Call) -> Answer {
    let body: LogInBody = call.body()?;
    let (accounts, origin) = (&call.marketplace().accounts, call.origin());
    let passwordless = call.api.dependencies.passwordless.as_ref();
    let opened = match (body.password, passwordless) {
        (Some(password), _) => {
            call.attempts(&body.email)?;
            accounts.log_in(&body.email, password, origin).await?
        }
        (None, Some(passwordless)) => passwordless.log_in(body.email, origin).await?,
        // Reading the body has refused it.
        (None, None) => return Err(Problem::InvalidCredentials.into()),
    };
    call.acts_for(opened.signed_in.account.id);
    Ok(ok(&OpenedSessionResponse::from(opened)))
}

/// Change your password
///
/// Ends every session of yours but the one that asks.
#[utoipa::path(
    post,
    path = "/v1/auth/password",
    tag = "Accounts",
    security(("session" = [])),
    request_body = ChangePasswordBody,
    responses((status = 204, description = "It is changed")),
    extensions(("x-problems" = json!(["invalid_credentials"]))),
)]
pub(crate) async fn change_password(mut call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let body: ChangePasswordBody = call.body()?;
    call.attempts(&signed_in.account.email)?;
    let accounts = &call.marketplace().accounts;
    let (current, new) = (body.current_password, body.new_password);
    accounts
        .change_password(&signed_in, current, new, &call.origin())
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
