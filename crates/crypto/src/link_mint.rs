use udam_domain::LinkMint;
use udam_domain::mail::{LinkDigest, LinkSecret};

use crate::bearer;
use crate::session_mint::Base64Url;

/// Lets secret scanners and people recognize a secret.
const PREFIX: &str = "udam_lnk_";

/// Mints secrets of links in mails, in the form of session tokens, and digests them with SHA-256.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sha256LinkMint;

impl LinkMint for Sha256LinkMint {
    /// # Panics
    /// If the operating system has no random bytes.
    fn mint(&self) -> (LinkSecret, LinkDigest) {
        let secret = LinkSecret::new(bearer::mint::<Base64Url>(PREFIX));
        let digest = digest_of(&secret);
        (secret, digest)
    }

    fn recognize(&self, secret: &LinkSecret) -> Option<LinkDigest> {
        bearer::is_well_formed::<Base64Url>(PREFIX, secret.expose()).then(|| digest_of(secret))
    }
}

fn digest_of(secret: &LinkSecret) -> LinkDigest {
    LinkDigest::new(bearer::digest_of(secret.expose()))
}

#[cfg(test)]
mod tests {
    use udam_domain::SessionMint;
    use udam_domain::account::SessionToken;

    use super::*;
    use crate::Sha256SessionMint;

    #[test]
    fn a_secret_is_recognized_by_its_digest() {
        let (secret, digest) = Sha256LinkMint.mint();
        assert_eq!(Sha256LinkMint.recognize(&secret), Some(digest));
        let (other, other_digest) = Sha256LinkMint.mint();
        assert_ne!(other.expose(), secret.expose());
        assert_ne!(other_digest, digest);
    }

    #[test]
    fn a_secret_stands_in_a_url_as_it_is() {
        let (secret, _) = Sha256LinkMint.mint();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        assert!(secret.expose().bytes().all(is_plain));
        assert_eq!(secret.expose().len(), 58);
    }

    #[test]
    fn secrets_of_links_and_tokens_of_sessions_are_not_taken_for_each_other() {
        let (link, _) = Sha256LinkMint.mint();
        let as_session = SessionToken::new(link.expose().to_owned());
        assert_eq!(Sha256SessionMint.recognize(&as_session), None);
        let (session, _) = Sha256SessionMint.mint();
        let as_link = LinkSecret::new(session.expose().to_owned());
        assert_eq!(Sha256LinkMint.recognize(&as_link), None);
    }
}
