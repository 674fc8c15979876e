use actix_web::HttpResponse;
use udam_domain::listing::Change;
use udam_domain::marketplace::ChangePassword;

use super::mail_links::accepted;
use super::{Answer, created, ok};
use crate::problem::Problem;
use crate::request_context::RequestContext;
use crate::wire::{
    AcceptedResponse, ChangePasswordBody, EditAccountBody, LogInBody, OpenedSessionResponse,
    RegisterBody, UserResponse,
};

/// Register an account
///
/// Creates an account and a session. The session token is returned only here.
///
/// Where the marketplace sends mail, the address is verified first: the answer is 202, the same whether or not the address
/// has an account.
#[utoipa::path(
    post,
    path = "/v1/auth/register",
    tag = "Accounts",
    request_body = RegisterBody,
    responses(
        (status = 201, description = "The account, signed in", body = OpenedSessionResponse),
        (
            status = 202,
            description = "The address is sent a link that ends the registration, or is told that it has an account",
            body = AcceptedResponse,
        ),
    ),
    extensions(("x-problems" = json!(["email_taken", "name_reserved", "name_taken"]))),
)]
pub(crate) async fn register(mut context: RequestContext) -> Answer {
    let body: RegisterBody = context.body()?;
    let links = context.marketplace().mail_links.as_ref();
    if let Some(links) = links.filter(|links| links.requires_verification()) {
        links.register(body.into()).await?;
        return Ok(accepted(AcceptedResponse::VERIFICATION_SENT));
    }
    let accounts = &context.marketplace().accounts;
    let opened = accounts.register(body.into(), context.origin()).await?;
    let account = opened.signed_in.account.id;
    context.record_account(account);
    if let Some(links) = &context.marketplace().mail_links {
        links.offer_verification(account).await;
    }
    Ok(created(&OpenedSessionResponse::from(opened)))
}

/// Log in
///
/// Opens a session. Its token is returned only here. An account with a second factor is answered `second_factor_required`, with
/// a `challenge` for `POST /v1/auth/login/second-factor`.
#[utoipa::path(
    post,
    path = "/v1/auth/login",
    tag = "Accounts",
    request_body = LogInBody,
    responses((status = 200, description = "The account, signed in", body = OpenedSessionResponse)),
    extensions(("x-problems" = json!(["invalid_credentials", "second_factor_required", "suspended"]))),
)]
pub(crate) async fn log_in(mut context: RequestContext) -> Answer {
    let body: LogInBody = context.body()?;
    let (accounts, origin) = (&context.marketplace().accounts, context.origin());
    let passwordless = context.api.dependencies.passwordless.as_ref();
    let opened = match (body.password, passwordless) {
        (Some(password), _) => accounts.log_in(&body.email, password, origin).await?,
        (None, Some(passwordless)) => passwordless.log_in(body.email, origin).await?,
        // Reading the body has refused it.
        (None, None) => return Err(Problem::InvalidCredentials.into()),
    };
    context.record_account(opened.signed_in.account.id);
    Ok(ok(&OpenedSessionResponse::from(opened)))
}

/// Get your account
///
/// The account that the session is of, with its email address, which nobody else is shown.
#[utoipa::path(
    get,
    path = "/v1/me",
    tag = "Accounts",
    security(("session" = [])),
    responses((status = 200, description = "The account that is signed in", body = UserResponse)),
)]
pub(crate) async fn show_account(context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    Ok(ok(&UserResponse::from(signed_in.account)))
}

/// Edit your account
///
/// Changes the name that others see, on your listings and orders too.
#[utoipa::path(
    patch,
    path = "/v1/me",
    tag = "Accounts",
    security(("session" = [])),
    request_body = EditAccountBody,
    responses((status = 200, description = "The account, edited", body = UserResponse)),
    extensions(("x-problems" = json!(["name_reserved", "name_taken"]))),
)]
pub(crate) async fn edit_account(mut context: RequestContext) -> Answer {
    let signed_in = context.session().await?;
    let body: EditAccountBody = context.body()?;
    let accounts = &context.marketplace().accounts;
    let actor = context.actor(&signed_in);
    let mut account = signed_in.account;
    if let Change::To(name) = body.name {
        accounts.rename(actor, name.clone()).await?;
        account.name = name;
    }
    Ok(ok(&UserResponse::from(account)))
}

/// Change your password
///
/// Ends all your sessions except that of the request.
#[utoipa::path(
    post,
    path = "/v1/auth/password",
    tag = "Accounts",
    security(("session" = [])),
    request_body(content = ChangePasswordBody, example = json!({
        "current_password": "correct horse battery staple", "new_password": "wrong pony capacitor nail",
    })),
    responses((status = 204, description = "It is changed")),
    extensions(("x-problems" = json!(["invalid_credentials", "step_up_required"]))),
)]
pub(crate) async fn change_password(mut context: RequestContext) -> Answer {
    let signed_in = context.stepped_up_session().await?;
    let body: ChangePasswordBody = context.body()?;
    let accounts = &context.marketplace().accounts;
    let actor = context.actor(&signed_in);
    let request = ChangePassword {
        email: signed_in.account.email,
        current: body.current_password,
        new: body.new_password,
        keep: Some(signed_in.session.id),
        device: None,
    };
    accounts.change_password(actor, request).await?;
    Ok(HttpResponse::NoContent().finish())
}
