use udam_domain::AccountKeyMint;
use udam_domain::account::{AccountKey, AccountKeyDigest};

use crate::base62::Base62;
use crate::bearer;

/// Mints account keys, in the form of access keys with the prefix `udp_`, and digests them with SHA-256.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sha256AccountKeyMint;

impl AccountKeyMint for Sha256AccountKeyMint {
    /// # Panics
    /// If the operating system has no random bytes.
    fn mint(&self) -> (AccountKey, AccountKeyDigest) {
        let key = AccountKey::new(bearer::mint::<Base62>(AccountKey::PREFIX));
        let digest = digest_of(&key);
        (key, digest)
    }

    fn recognize(&self, key: &AccountKey) -> Option<AccountKeyDigest> {
        bearer::is_well_formed::<Base62>(AccountKey::PREFIX, key.expose()).then(|| digest_of(key))
    }
}

fn digest_of(key: &AccountKey) -> AccountKeyDigest {
    AccountKeyDigest::new(bearer::digest_of(key.expose()))
}

#[cfg(test)]
mod tests {
    use udam_domain::AccessKeyMint;
    use udam_domain::gateway::AccessKey;

    use super::*;
    use crate::Sha256AccessKeyMint;

    #[test]
    fn a_key_is_recognized_by_its_digest() {
        let (key, digest) = Sha256AccountKeyMint.mint();
        assert_eq!(key.expose().len(), 53);
        assert_eq!(Sha256AccountKeyMint.recognize(&key), Some(digest));
        let mut typo = key.expose().to_owned();
        let last = if typo.ends_with('0') { "1" } else { "0" };
        typo.replace_range(52.., last);
        assert_eq!(Sha256AccountKeyMint.recognize(&AccountKey::new(typo)), None);
    }

    #[test]
    fn account_keys_and_access_keys_are_not_taken_for_each_other() {
        let (key, _) = Sha256AccountKeyMint.mint();
        let as_access_key = AccessKey::new(key.expose().to_owned());
        assert_eq!(Sha256AccessKeyMint.recognize(&as_access_key), None);
        let (access_key, _) = Sha256AccessKeyMint.mint();
        let as_account_key = AccountKey::new(access_key.expose().to_owned());
        assert_eq!(Sha256AccountKeyMint.recognize(&as_account_key), None);
    }
}
