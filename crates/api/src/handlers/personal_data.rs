use actix_web::HttpResponse;
use udam_domain::marketplace::DeleteAccount;
use udam_web::export;

use super::Answer;
use crate::request_context::RequestContext;
use crate::wire::{DeleteAccountBody, ExportResponse};

/// Export your data
///
/// All that is stored of you, as one document of any size: it is written as it is read, so that an error cuts it off.
#[utoipa::path(
    get,
    path = "/v1/me/export",
    tag = "Accounts",
    security(("session" = [])),
    responses((
        status = 200,
        description = "All that is stored of you",
        body = ExportResponse,
        example = json!({
            "account": {
                "id": "acc_01h455vb4pex5vsknk084sn02q",
                "email": "ada@example.com",
                "name": "Ada Lovelace",
                "created_at": "2026-11-01T12:00:00Z",
                "email_verified_at": null,
                "suspended_at": null,
                "role": null,
                "second_factor_since": null,
                "places": [],
                "mails": [],
            },
            "mail_preferences": {
                "sold_out": true, "units_low": true, "tokens_expiring": true, "sale_digest": true,
            },
            "api_keys": [], "sessions": [], "orders": [], "sales": [], "tokens": [], "listings": [], "actions": [],
            "complaints": [],
        }),
    )),
    extensions(("x-problems" = json!(["step_up_required"]))),
)]
pub(crate) async fn export_account(context: RequestContext) -> Answer {
    let signed_in = context.stepped_up_session().await?;
    Ok(export::export(context.marketplace(), signed_in.account.id))
}

/// Delete your account
///
/// Ends all that the account sells and has bought, and erases what tells who you are. Orders and payments stay for the books,
/// of nobody. The address can be registered again. It is refused while others depend on the account; `detail` says what to do.
#[utoipa::path(
    delete,
    path = "/v1/me",
    tag = "Accounts",
    security(("session" = [])),
    request_body = DeleteAccountBody,
    responses((status = 204, description = "It is deleted")),
    extensions(("x-problems" = json!([
        "malformed_json", "payload_too_large", "unsupported_media_type", "invalid_credentials", "step_up_required",
        "account_needed",
    ]))),
)]
pub(crate) async fn delete_account(mut context: RequestContext) -> Answer {
    let signed_in = context.stepped_up_session().await?;
    let body: DeleteAccountBody = context.body()?;
    let actor = context.actor(&signed_in);
    let request = DeleteAccount {
        email: signed_in.account.email,
        password: body.password,
        session: Some(signed_in.session.id),
    };
    let personal_data = &context.marketplace().personal_data;
    personal_data.delete(actor, request).await?;
    Ok(HttpResponse::NoContent().finish())
}
