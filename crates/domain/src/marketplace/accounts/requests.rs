use crate::account::{AccountName, DeviceDigest, Email, Password};
use crate::id::SessionId;

/// Asks for an account and its first session.
#[derive(Debug, Clone)]
pub struct Register {
    /// Address that the account logs in with.
    pub email: Email,
    /// Its password.
    pub password: Password,
    /// Name that others see; `None` takes [`AccountName::neutral`].
    pub name: Option<AccountName>,
}

/// Asks for an account that another sign-in authenticates.
#[derive(Debug, Clone)]
pub struct CreateAccount {
    /// Address of the account, which no other may have.
    pub email: Email,
    /// Name that others see, which is taken as it is, unless it looks like that of a seller: the service answers for it.
    /// `None` takes [`AccountName::neutral`].
    pub name: Option<AccountName>,
}

/// Changes an account's password.
#[derive(Debug, Clone)]
pub struct ChangePassword {
    /// Address of the account that acts.
    pub email: Email,
    /// The password it has.
    pub current: Password,
    /// The password it gets.
    pub new: Password,
    /// The one session of the account that goes on; `None` ends them all.
    pub keep: Option<SessionId>,
    /// Digest of the secret that the client keeps, which the account stays recognized by; `None` if it has
    /// none.
    pub device: Option<DeviceDigest>,
}
