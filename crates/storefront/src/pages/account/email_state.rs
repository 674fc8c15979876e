use udam_domain::marketplace::MailLinks;

use crate::error::PageError;
use crate::request::Request;

/// State of the address of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EmailState {
    /// No mail is sent: it cannot be proved or changed.
    Fixed,
    Verified,
    /// It is not verified, and need not be.
    UnverifiedFreely,
    /// Until it is verified, the account may do less.
    Unverified,
}

impl EmailState {
    pub(super) async fn of(request: &Request) -> Result<Self, PageError> {
        let Ok(links) = sending(request) else {
            return Ok(Self::Fixed);
        };
        let account = request.signed_in()?.account.id;
        Ok(if links.is_verified(account).await? {
            Self::Verified
        } else if links.requires_verification() {
            Self::Unverified
        } else {
            Self::UnverifiedFreely
        })
    }

    pub(super) fn can_change(self) -> bool {
        self != Self::Fixed
    }

    pub(super) fn is_unverified(self) -> bool {
        matches!(self, Self::Unverified | Self::UnverifiedFreely)
    }

    pub(super) fn is_restricted(self) -> bool {
        self == Self::Unverified
    }
}

/// The use cases of links, if any mail is sent.
pub(super) fn sending(request: &Request) -> Result<&MailLinks, PageError> {
    let links = request.marketplace().mail_links.as_ref();
    links
        .filter(|links| links.sends_mail())
        .ok_or(PageError::NotFound)
}
