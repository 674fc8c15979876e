use udam_domain::account::Password;
use utoipa::ToSchema;

use super::schemas;
use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::secret;
use crate::settings::WireRules;

/// Request to delete an account.
#[derive(Debug, ToSchema)]
pub(crate) struct DeleteAccountBody {
    /// The account's password.
    #[schema(value_type = schemas::Password)]
    pub password: Password,
}

impl FromFields for DeleteAccountBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let password = fields.required("password", secret(Password::attempt))?;
        Ok(Self { password })
    }
}

/// All that is stored of an account. Its lists are whole, whatever their size.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what is streamed")]
pub(crate) struct ExportResponse {
    /// Address, name, times of registration and verification, role, second factor, places of logins, and kinds of the last
    /// mails.
    #[schema(value_type = Object)]
    account: (),
    /// Topics of mails, each with whether its mails are wanted.
    #[schema(value_type = Object)]
    mail_preferences: (),
    /// Its API keys, without their secrets.
    #[schema(value_type = Vec<Object>)]
    api_keys: (),
    /// Sessions that have not ended.
    #[schema(value_type = Vec<Object>)]
    sessions: (),
    /// Orders that the account has placed.
    #[schema(value_type = Vec<Object>)]
    orders: (),
    /// Orders of its listings, with the names of their buyers.
    #[schema(value_type = Vec<Object>)]
    sales: (),
    /// Tokens that it has bought, without keys.
    #[schema(value_type = Vec<Object>)]
    tokens: (),
    /// Its listings, without keys.
    #[schema(value_type = Vec<Object>)]
    listings: (),
    /// Actions by it and about it.
    #[schema(value_type = Vec<Object>)]
    actions: (),
    /// Its complaints.
    #[schema(value_type = Vec<Object>)]
    complaints: (),
}
