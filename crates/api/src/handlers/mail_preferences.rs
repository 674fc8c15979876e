use super::{Answer, ok};
use crate::request_context::RequestContext;
use crate::wire::{EditMailPreferencesBody, MailPreferencesResponse};

/// Get your mail preferences
///
/// All mails are wanted at first. Those about the security of an account and about payments are always sent.
#[utoipa::path(
    get,
    path = "/v1/me/mail-preferences",
    tag = "Accounts",
    security(("session" = [])),
    responses((status = 200, description = "Which mails are wanted", body = MailPreferencesResponse)),
)]
pub(crate) async fn show_mail_preferences(context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let subscriptions = &context.marketplace().subscriptions;
    let preferences = subscriptions.of(signed_in.account.id).await?;
    Ok(ok(&MailPreferencesResponse::from(preferences)))
}

/// Edit your mail preferences
///
/// Mails that were not sent yet follow them as well.
#[utoipa::path(
    patch,
    path = "/v1/me/mail-preferences",
    tag = "Accounts",
    security(("session" = [])),
    request_body = EditMailPreferencesBody,
    responses((status = 200, description = "Which mails are wanted now", body = MailPreferencesResponse)),
)]
pub(crate) async fn edit_mail_preferences(mut context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let body: EditMailPreferencesBody = context.body()?;
    let subscriptions = &context.marketplace().subscriptions;
    let edit = body.into();
    let preferences = subscriptions.change(signed_in.account.id, edit).await?;
    Ok(ok(&MailPreferencesResponse::from(preferences)))
}
