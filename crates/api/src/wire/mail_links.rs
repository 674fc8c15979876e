use serde::Serialize;
use udam_domain::account::{Email, Password};
use udam_domain::mail::LinkSecret;
use udam_domain::marketplace::ResetPassword;
use utoipa::ToSchema;

use super::schemas;
use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::{secret, text};
use crate::settings::WireRules;

/// A secret of any form: one that no link has is refused when it is used.
#[expect(clippy::unnecessary_wraps, reason = "other secrets have forms")]
fn link(text: String) -> Result<LinkSecret, &'static str> {
    Ok(LinkSecret::new(text))
}

/// Request to verify an address.
#[derive(Debug, ToSchema)]
pub(crate) struct VerifyEmailBody {
    /// Secret of the link in the mail: what follows `link=`.
    #[schema(value_type = schemas::LinkSecret)]
    pub token: LinkSecret,
}

impl FromFields for VerifyEmailBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let token = fields.required("token", secret(link))?;
        Ok(Self { token })
    }
}

/// Request for a link that resets a password.
#[derive(Debug, ToSchema)]
pub(crate) struct ForgotPasswordBody {
    /// The account's address.
    #[schema(value_type = schemas::Email)]
    pub email: Email,
}

impl FromFields for ForgotPasswordBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let email = fields.required("email", text)?;
        Ok(Self { email })
    }
}

/// Request to reset a password.
#[derive(Debug, ToSchema)]
pub(crate) struct ResetPasswordBody {
    /// Secret of the link: what follows `link=`.
    #[schema(value_type = schemas::LinkSecret)]
    token: LinkSecret,
    /// New password.
    #[schema(value_type = schemas::NewPassword)]
    password: Password,
}

impl FromFields for ResetPasswordBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let token = fields.required("token", secret(link));
        let password = fields.required("password", secret(Password::new));
        Ok(Self {
            token: token?,
            password: password?,
        })
    }
}

impl From<ResetPasswordBody> for ResetPassword {
    fn from(body: ResetPasswordBody) -> Self {
        Self {
            link: body.token,
            password: body.password,
        }
    }
}

/// Request to change the address.
#[derive(Debug, ToSchema)]
pub(crate) struct ChangeEmailBody {
    /// New address.
    #[schema(value_type = schemas::Email)]
    pub email: Email,
    /// The account's password.
    #[schema(value_type = schemas::Password)]
    pub password: Password,
}

impl FromFields for ChangeEmailBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let email = fields.required("email", text);
        let password = fields.required("password", secret(Password::attempt));
        Ok(Self {
            email: email?,
            password: password?,
        })
    }
}

/// A request that is carried out by mail.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AcceptedResponse {
    /// `verification_sent`: a link was sent that ends what was begun. `accepted`: one is sent if there is anybody to send
    /// it to.
    #[schema(example = "verification_sent")]
    status: &'static str,
}

impl AcceptedResponse {
    pub(crate) const ACCEPTED: Self = Self { status: "accepted" };
    pub(crate) const VERIFICATION_SENT: Self = Self {
        status: "verification_sent",
    };
}
