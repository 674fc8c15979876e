use serde::{Serialize, Serializer};
use udam_domain::account::{Account, AccountName, Email, Password, SessionToken};
use udam_domain::id::AccountId;
use udam_domain::listing::Change;
use udam_domain::marketplace::{OpenedSession, Register};
use udam_domain::time::Timestamp;
use utoipa::ToSchema;

use super::{as_text, schemas};
use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::{secret, text};
use crate::settings::WireRules;

/// Request to register an account.
#[derive(Debug, ToSchema)]
pub(crate) struct RegisterBody {
    /// Email address to log in with.
    #[schema(value_type = schemas::Email)]
    email: Email,
    /// Its password.
    #[schema(value_type = schemas::NewPassword)]
    password: Password,
    /// Public name, which others see. By default a neutral one made of the identifier, such as `Member 084sn02q`.
    #[schema(value_type = Option<schemas::AccountName>)]
    name: Option<AccountName>,
}

impl FromFields for RegisterBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let email = fields.required("email", text);
        let password = fields.required("password", secret(Password::new));
        let name = fields.optional("name", text);
        Ok(Self {
            email: email?,
            password: password?,
            name: name?,
        })
    }
}

impl From<RegisterBody> for Register {
    fn from(body: RegisterBody) -> Self {
        Self {
            email: body.email,
            password: body.password,
            name: body.name,
        }
    }
}

/// Request to log in.
#[derive(Debug, ToSchema)]
pub(crate) struct LogInBody {
    /// The account's address.
    #[schema(value_type = schemas::Email)]
    pub email: Email,
    /// Its password. In development mode it may be left out.
    #[schema(value_type = schemas::Password, required = true)]
    pub password: Option<Password>,
}

impl FromFields for LogInBody {
    fn from_fields(fields: &mut Fields, rules: WireRules) -> Result<Self, Recorded> {
        let email = fields.required("email", text);
        let attempt = secret(Password::attempt);
        let password = if rules.password_required {
            fields.required("password", attempt).map(Some)
        } else {
            fields.optional("password", attempt)
        };
        Ok(Self {
            email: email?,
            password: password?,
        })
    }
}

/// Edit of an account. Fields that are left out stay as they are.
#[derive(Debug, ToSchema)]
pub(crate) struct EditAccountBody {
    /// Public name.
    #[schema(value_type = schemas::AccountName, required = false)]
    pub name: Change<AccountName>,
}

impl FromFields for EditAccountBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let name = fields.change("name", text)?;
        Ok(Self { name })
    }
}

/// Request to change the password.
#[derive(Debug, ToSchema)]
pub(crate) struct ChangePasswordBody {
    /// Current password.
    #[schema(value_type = schemas::Password)]
    pub current_password: Password,
    /// New password.
    #[schema(value_type = schemas::NewPassword)]
    pub new_password: Password,
}

impl FromFields for ChangePasswordBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let current = fields.required("current_password", secret(Password::attempt));
        let new = fields.required("new_password", secret(Password::new));
        Ok(Self {
            current_password: current?,
            new_password: new?,
        })
    }
}

/// A session that was just opened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpenedSessionResponse {
    /// Token to send as `Authorization: Bearer …`. It is returned only here.
    #[serde(serialize_with = "revealed")]
    #[schema(value_type = String, example = "udam_ses_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG")]
    session_token: SessionToken,
    /// Time at which the session ends, whether or not it is used.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    expires_at: Timestamp,
    /// The account of the session.
    user: UserResponse,
}

/// The account of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserResponse {
    /// Its identifier.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::AccountId)]
    id: AccountId,
    /// The address it logs in with.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "katherine@example.com")]
    email: Email,
    /// Public name.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "Katherine Johnson")]
    name: AccountName,
}

fn revealed<S: Serializer>(token: &SessionToken, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(token.expose())
}

impl From<OpenedSession> for OpenedSessionResponse {
    fn from(opened: OpenedSession) -> Self {
        Self {
            session_token: opened.token,
            expires_at: opened.signed_in.session.expires_at,
            user: opened.signed_in.account.into(),
        }
    }
}

impl From<Account> for UserResponse {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            email: account.email,
            name: account.name,
        }
    }
}
