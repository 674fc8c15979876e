use udam_domain::account::FactorProof;

use super::{Answer, created, ok};
use crate::request_context::RequestContext;
use crate::wire::{
    BeginTotpBody, ChallengeAnswer, ConfirmTotpBody, ConfirmedTotpResponse, OpenedSessionResponse,
    RecoveryCodesResponse, RenewedSessionResponse, SecondFactorBody, StepUpBody, SteppedUpResponse,
    TotpSetupResponse,
};

/// End a login by the second factor
///
/// Opens the session of a login that was answered with `second_factor_required`. The challenge can be used once, within five
/// minutes; after a wrong code it can be tried again.
#[utoipa::path(
    post,
    path = "/v1/auth/login/second-factor",
    tag = "Accounts",
    request_body(content = SecondFactorBody, example = json!({
        "challenge": "udam_chl_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh82pSPrQ", "code": "287082",
    })),
    responses((status = 200, description = "The account, signed in", body = OpenedSessionResponse)),
    extensions(("x-problems" = json!(["challenge_expired", "invalid_second_factor"]))),
)]
pub(crate) async fn finish_log_in(mut context: RequestContext) -> Answer {
    let ChallengeAnswer { challenge, proof } = context.body()?;
    let factors = &context.marketplace().second_factors;
    let finished = factors.finish_log_in(&challenge, proof, context.origin());
    let opened = finished.await?;
    context.record_account(opened.signed_in.account.id);
    Ok(ok(&OpenedSessionResponse::from(opened)))
}

/// Begin to add a second factor
///
/// Returns a secret for an app that makes codes (TOTP, RFC 6238). Nothing asks for codes before the first one has confirmed it,
/// within the hour. If there is a second factor, it is replaced then.
#[utoipa::path(
    post,
    path = "/v1/auth/totp",
    tag = "Second factor",
    security(("session" = [])),
    request_body = BeginTotpBody,
    responses((status = 201, description = "The secret, for the app", body = TotpSetupResponse)),
    extensions(("x-problems" = json!(["invalid_credentials", "step_up_required"]))),
)]
pub(crate) async fn begin_totp(mut context: RequestContext) -> Answer {
    let signed_in = context.session().await?;
    let body: BeginTotpBody = context.body()?;
    let factors = &context.marketplace().second_factors;
    let begun = factors.begin(context.actor(&signed_in), &signed_in, body.password);
    Ok(created(&TotpSetupResponse::from(begun.await?)))
}

/// Confirm a second factor
///
/// Logging in asks for a code from then on. Ends all other sessions; that of the request goes on under another token.
#[utoipa::path(
    post,
    path = "/v1/auth/totp/confirm",
    tag = "Second factor",
    security(("session" = [])),
    request_body = ConfirmTotpBody,
    responses((status = 200, description = "It is added", body = ConfirmedTotpResponse)),
    extensions(("x-problems" = json!(["invalid_state", "step_up_required"]))),
)]
pub(crate) async fn confirm_totp(mut context: RequestContext) -> Answer {
    let signed_in = context.session().await?;
    let body: ConfirmTotpBody = context.body()?;
    let factors = &context.marketplace().second_factors;
    let confirmed = factors.confirm(context.actor(&signed_in), &signed_in, body.code);
    Ok(ok(&ConfirmedTotpResponse::from(confirmed.await?)))
}

/// Remove the second factor
///
/// Logging in asks for the password alone from then on. Ends all other sessions; that of the request goes on under another
/// token.
#[utoipa::path(
    delete,
    path = "/v1/auth/totp",
    tag = "Second factor",
    security(("session" = [])),
    responses((status = 200, description = "It is removed", body = RenewedSessionResponse)),
    extensions(("x-problems" = json!(["second_factor_needed", "step_up_required"]))),
)]
pub(crate) async fn remove_totp(context: RequestContext) -> Answer {
    let signed_in = context.session().await?;
    let factors = &context.marketplace().second_factors;
    let removed = factors.remove(context.actor(&signed_in), &signed_in);
    Ok(ok(&RenewedSessionResponse::from(removed.await?)))
}

/// Make new recovery codes
///
/// Each stands in for the app once. Those before are void.
#[utoipa::path(
    post,
    path = "/v1/auth/recovery-codes",
    tag = "Second factor",
    security(("session" = [])),
    responses((status = 201, description = "Ten codes", body = RecoveryCodesResponse)),
    extensions(("x-problems" = json!(["second_factor_needed", "step_up_required"]))),
)]
pub(crate) async fn replace_recovery_codes(mut context: RequestContext) -> Answer {
    let signed_in = context.session().await?;
    context.no_body()?;
    let factors = &context.marketplace().second_factors;
    let replaced = factors.replace_recovery_codes(context.actor(&signed_in), &signed_in);
    Ok(created(&RecoveryCodesResponse::from(replaced.await?)))
}

/// Prove the second factor again
///
/// Some calls of accounts with a second factor need a proof that is no older than a quarter of an hour: revealing keys, changing
/// the email address, the password or the second factor, and all calls of operators. Logging in counts as a proof.
#[utoipa::path(
    post,
    path = "/v1/auth/step-up",
    tag = "Second factor",
    security(("session" = [])),
    request_body(content = StepUpBody, example = json!({"code": "287082"})),
    responses((status = 200, description = "The session has proved it", body = SteppedUpResponse)),
    extensions(("x-problems" = json!(["invalid_second_factor", "second_factor_needed"]))),
)]
pub(crate) async fn step_up(mut context: RequestContext) -> Answer {
    let signed_in = context.session().await?;
    let proof: FactorProof = context.body()?;
    let factors = &context.marketplace().second_factors;
    let proved = factors.step_up(context.actor(&signed_in), &signed_in, proof);
    let proved_until = proved.await?;
    Ok(ok(&SteppedUpResponse { proved_until }))
}
