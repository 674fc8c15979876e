use serde::Serialize;
use udam_domain::account::{
    ChallengeSecret, FactorProof, Password, RecoveryCode, SessionToken, TotpCode,
};
use udam_domain::marketplace::{ConfirmedFactor, FactorSetup};
use udam_domain::time::Timestamp;
use utoipa::ToSchema;

use super::{as_text, schemas};
use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::{secret, text};
use crate::settings::WireRules;

/// Request to begin adding a second factor.
#[derive(Debug, ToSchema)]
pub(crate) struct BeginTotpBody {
    /// The account's password.
    #[schema(value_type = schemas::Password)]
    pub password: Password,
}

impl FromFields for BeginTotpBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let password = fields.required("password", secret(Password::attempt))?;
        Ok(Self { password })
    }
}

/// A second factor that was begun, to be put into an app and confirmed by its first code.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotpSetupResponse {
    /// The secret, in base 32. Apps take it as it is.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// The same as an address, which apps read from a QR code.
    #[schema(
        example = "otpauth://totp/udam.example:ada@example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=udam.example"
    )]
    otpauth_uri: String,
}

impl From<FactorSetup> for TotpSetupResponse {
    fn from(setup: FactorSetup) -> Self {
        Self {
            secret: setup.secret.expose().to_owned(),
            otpauth_uri: setup.uri.expose().to_owned(),
        }
    }
}

/// Request to confirm a second factor.
#[derive(Debug, ToSchema)]
pub(crate) struct ConfirmTotpBody {
    /// The code that the app shows.
    #[schema(value_type = schemas::TotpCode)]
    pub code: TotpCode,
}

impl FromFields for ConfirmTotpBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let code = fields.required("code", text)?;
        Ok(Self { code })
    }
}

/// Recovery codes, which stand in for the app once each.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodesResponse {
    /// The codes. They are not shown again, and those before are void.
    #[schema(
        value_type = Vec<schemas::RecoveryCode>, min_items = 10, max_items = 10,
        example = json!([
            "m9s3-46q3-d25v-t4f5-v37e-3s3e", "28jt-97kb-6cq6-43dz-vmxx-qkfb",
            "f5kz-nwj4-7tan-9zt2-4mnp-zx45", "hy43-kwjr-p1xp-a7z3-dj8f-ssz5",
            "awsh-8vht-pre9-5b9e-e0zb-gj09", "tqm8-3xss-ss6y-s3c4-dwa7-n360",
            "96q1-4dr9-gpqy-77zx-yyk5-96ng", "ya1d-q91k-5gqa-pene-cfse-czp1",
            "1hyg-cpwp-q5e6-eycn-dy0y-p57r", "cybv-n5sx-s5aa-819x-9yp9-8106",
        ]),
    )]
    recovery_codes: Vec<String>,
}

impl From<Vec<RecoveryCode>> for RecoveryCodesResponse {
    fn from(codes: Vec<RecoveryCode>) -> Self {
        let grouped = |code: &RecoveryCode| code.grouped().expose().to_owned();
        Self {
            recovery_codes: codes.iter().map(grouped).collect(),
        }
    }
}

/// A second factor that was confirmed.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConfirmedTotpResponse {
    /// Its recovery codes.
    #[serde(flatten)]
    codes: RecoveryCodesResponse,
    /// The token of the session.
    #[serde(flatten)]
    session: RenewedSessionResponse,
}

impl From<ConfirmedFactor> for ConfirmedTotpResponse {
    fn from(confirmed: ConfirmedFactor) -> Self {
        Self {
            codes: confirmed.recovery_codes.into(),
            session: confirmed.token.into(),
        }
    }
}

/// A session that goes on under another token.
#[derive(Serialize, ToSchema)]
pub(crate) struct RenewedSessionResponse {
    /// Token that the session of the request has from now on. It is returned only here; the one before is void.
    #[schema(example = "udam_ses_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG")]
    session_token: String,
}

impl From<SessionToken> for RenewedSessionResponse {
    fn from(token: SessionToken) -> Self {
        Self {
            session_token: token.expose().to_owned(),
        }
    }
}

/// Proof of the second factor: one of the two.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what is read below")]
pub(crate) struct StepUpBody {
    /// The code that the app shows.
    #[schema(value_type = Option<schemas::TotpCode>)]
    code: Option<TotpCode>,
    /// A recovery code, in place of `code`.
    #[schema(value_type = Option<schemas::RecoveryCode>)]
    recovery_code: Option<RecoveryCode>,
}

impl FromFields for FactorProof {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let code = fields.optional("code", text);
        let recovery_code = fields.optional("recovery_code", text);
        match (code?, recovery_code?) {
            (Some(code), None) => Ok(Self::Code(code)),
            (None, Some(code)) => Ok(Self::Recovery(code)),
            (None, None) => {
                fields.reject("code", "must be given, or a recovery_code in its place");
                Err(Recorded)
            }
            (Some(_), Some(_)) => {
                fields.reject("recovery_code", "must be left out if code is given");
                Err(Recorded)
            }
        }
    }
}

/// Until when the proof of a session holds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SteppedUpResponse {
    /// Time from which calls that need a recent proof ask for another.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    pub proved_until: Timestamp,
}

/// Request to end a login by the second factor.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what is read below")]
pub(crate) struct SecondFactorBody {
    /// The `challenge` that logging in was answered with.
    #[schema(value_type = schemas::ChallengeSecret)]
    challenge: ChallengeSecret,
    /// The code that the app shows.
    #[schema(value_type = Option<schemas::TotpCode>)]
    code: Option<TotpCode>,
    /// A recovery code, in place of `code`.
    #[schema(value_type = Option<schemas::RecoveryCode>)]
    recovery_code: Option<RecoveryCode>,
}

/// An answer to a challenge.
#[derive(Debug)]
pub(crate) struct ChallengeAnswer {
    pub(crate) challenge: ChallengeSecret,
    pub(crate) proof: FactorProof,
}

impl FromFields for ChallengeAnswer {
    fn from_fields(fields: &mut Fields, rules: WireRules) -> Result<Self, Recorded> {
        let challenge = fields.required("challenge", secret(challenge));
        let proof = FactorProof::from_fields(fields, rules);
        Ok(Self {
            challenge: challenge?,
            proof: proof?,
        })
    }
}

/// A secret of any form: one that no login has is refused when it is used.
#[expect(clippy::unnecessary_wraps, reason = "other secrets have forms")]
fn challenge(text: String) -> Result<ChallengeSecret, &'static str> {
    Ok(ChallengeSecret::new(text))
}
