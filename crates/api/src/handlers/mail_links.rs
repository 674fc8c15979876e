use actix_web::HttpResponse;
use udam_domain::marketplace::{ChangeEmail, MailLinks};

use super::{Answer, ok};
use crate::problem::{ApiError, Problem};
use crate::request_context::RequestContext;
use crate::wire::{
    AcceptedResponse, ChangeEmailBody, DoneResponse, ForgotPasswordBody, ResetPasswordBody,
    VerifyEmailBody,
};

pub(super) fn accepted(response: AcceptedResponse) -> HttpResponse {
    HttpResponse::Accepted().json(response)
}

/// The use cases of links in mails, if the marketplace sends mail.
fn sending(context: &RequestContext) -> Result<&MailLinks, ApiError> {
    let links = context.marketplace().mail_links.as_ref();
    let links = links.filter(|links| links.sends_mail());
    links.ok_or_else(|| Problem::MailUnavailable.into())
}

/// The use cases of links, which an operator may have handed on.
fn links(context: &RequestContext) -> Result<&MailLinks, ApiError> {
    let links = context.marketplace().mail_links.as_ref();
    links.ok_or_else(|| Problem::MailUnavailable.into())
}

/// Verify an email address
///
/// Uses the secret of a link in a mail, once: ends a registration, proves the address of an account, or gives it a new
/// one.
#[utoipa::path(
    post,
    path = "/v1/auth/verify-email",
    tag = "Accounts",
    request_body = VerifyEmailBody,
    responses((status = 200, description = "The address is verified", body = DoneResponse)),
    extensions(("x-problems" = json!(["mail_unavailable"]))),
)]
pub(crate) async fn verify_email(mut context: RequestContext) -> Answer {
    let body: VerifyEmailBody = context.body()?;
    let address = context.origin().address;
    links(&context)?.verify(&body.token, address).await?;
    Ok(ok(&DoneResponse { ok: true }))
}

/// Ask for a link that resets a password
///
/// The answer is the same whether or not the address has an account.
#[utoipa::path(
    post,
    path = "/v1/auth/forgot-password",
    tag = "Accounts",
    request_body = ForgotPasswordBody,
    responses((status = 202, description = "If the address has an account, it is sent a link", body = AcceptedResponse)),
    extensions(("x-problems" = json!(["mail_unavailable"]))),
)]
pub(crate) async fn forgot_password(mut context: RequestContext) -> Answer {
    let body: ForgotPasswordBody = context.body()?;
    sending(&context)?.forgot_password(body.email).await?;
    Ok(accepted(AcceptedResponse::ACCEPTED))
}

/// Reset a password
///
/// Uses the secret of a link, once, and ends all sessions of the account.
#[utoipa::path(
    post,
    path = "/v1/auth/reset-password",
    tag = "Accounts",
    request_body = ResetPasswordBody,
    responses((status = 200, description = "The password is reset", body = DoneResponse)),
    extensions(("x-problems" = json!(["mail_unavailable"]))),
)]
pub(crate) async fn reset_password(mut context: RequestContext) -> Answer {
    let body: ResetPasswordBody = context.body()?;
    let origin = context.origin();
    let reset = links(&context)?.reset_password(body.into(), origin);
    let account = reset.await?;
    context.record_account(account);
    Ok(ok(&DoneResponse { ok: true }))
}

/// Change your email address
///
/// Sends a link to the new address; the account gets it when the link is used.
#[utoipa::path(
    post,
    path = "/v1/auth/change-email",
    tag = "Accounts",
    security(("session" = [])),
    request_body = ChangeEmailBody,
    responses((status = 202, description = "The new address is sent a link", body = AcceptedResponse)),
    extensions(("x-problems" = json!(["invalid_credentials", "mail_unavailable", "step_up_required"]))),
)]
pub(crate) async fn change_email(mut context: RequestContext) -> Answer {
    let signed_in = context.stepped_up_session().await?;
    let body: ChangeEmailBody = context.body()?;
    let actor = context.actor(&signed_in);
    let request = ChangeEmail {
        current: signed_in.account.email,
        to: body.email,
        password: body.password,
        session: Some(signed_in.session.id),
    };
    sending(&context)?.change_email(actor, request).await?;
    Ok(accepted(AcceptedResponse::VERIFICATION_SENT))
}
