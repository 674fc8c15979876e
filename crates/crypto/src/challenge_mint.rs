use udam_domain::ChallengeMint;
use udam_domain::account::{ChallengeDigest, ChallengeSecret};

use crate::bearer;
use crate::session_mint::Base64Url;

/// Lets secret scanners and people recognize a secret.
const PREFIX: &str = "udam_chl_";

/// Mints secrets of logins that wait for a second factor, in the form of session tokens, and digests them with SHA-256.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sha256ChallengeMint;

impl ChallengeMint for Sha256ChallengeMint {
    /// # Panics
    /// If the operating system has no random bytes.
    fn mint(&self) -> (ChallengeSecret, ChallengeDigest) {
        let secret = ChallengeSecret::new(bearer::mint::<Base64Url>(PREFIX));
        let digest = digest_of(&secret);
        (secret, digest)
    }

    fn recognize(&self, secret: &ChallengeSecret) -> Option<ChallengeDigest> {
        bearer::is_well_formed::<Base64Url>(PREFIX, secret.expose()).then(|| digest_of(secret))
    }
}

fn digest_of(secret: &ChallengeSecret) -> ChallengeDigest {
    ChallengeDigest::new(bearer::digest_of(secret.expose()))
}

#[cfg(test)]
mod tests {
    use udam_domain::SessionMint;
    use udam_domain::account::SessionToken;

    use super::*;
    use crate::Sha256SessionMint;

    #[test]
    fn a_secret_is_recognized_by_its_digest() {
        let (secret, digest) = Sha256ChallengeMint.mint();
        assert_eq!(Sha256ChallengeMint.recognize(&secret), Some(digest));
        assert_ne!(Sha256ChallengeMint.mint().1, digest);
    }

    #[test]
    fn a_challenge_is_no_session() {
        let (secret, _) = Sha256ChallengeMint.mint();
        let as_session = SessionToken::new(secret.expose().to_owned());
        assert_eq!(Sha256SessionMint.recognize(&as_session), None);
    }
}
