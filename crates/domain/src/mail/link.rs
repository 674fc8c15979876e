use strum::{Display, EnumString, IntoStaticStr};

use crate::account::{Email, digest};
use crate::secret::presented_secret;
use crate::time::{SignedDuration, Timestamp, after};

digest!(
    /// SHA-256 of the secret of a link; the secret itself is never stored.
    LinkDigest
);

/// Purpose of a link in a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum LinkPurpose {
    /// Ends a registration.
    Register,
    /// Proves the address of an account.
    VerifyEmail,
    /// Changes the address of an account.
    ChangeEmail,
    /// Resets the password of an account.
    ResetPassword,
}

impl LinkPurpose {
    /// Whether using it proves an address, and does nothing that needs more than the link.
    #[must_use]
    pub const fn proves_email(self) -> bool {
        match self {
            Self::Register | Self::VerifyEmail | Self::ChangeEmail => true,
            Self::ResetPassword => false,
        }
    }
}

presented_secret!(
    /// The secret of a link in a mail. Whoever has it can use the link, once.
    LinkSecret
);

/// A link that was sent and can still be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailLink {
    /// Its purpose.
    pub purpose: LinkPurpose,
    /// Address that it was sent to.
    pub email: Email,
}

impl MailLink {
    /// Time from its sending for which a link can be used.
    pub const VALID_FOR: SignedDuration = SignedDuration::from_hours(1);

    /// End of a link that is sent at `at`.
    #[must_use]
    pub fn expires(at: Timestamp) -> Timestamp {
        after(at, Self::VALID_FOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_secret_nor_digest_prints() {
        let secret = LinkSecret::new("udam_lnk_secret".into());
        let digest = LinkDigest::new([7; 32]);
        assert_eq!(
            format!("{secret:?} {digest:?}"),
            "LinkSecret([redacted]) [redacted]"
        );
    }
}
