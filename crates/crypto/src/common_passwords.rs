use ring::digest::{SHA256, digest};
use udam_domain::CommonPasswords;

/// Fingerprints of lower-case passwords, sorted. `data/README.md` says how they were made.
const FINGERPRINTS: &[u8] = include_bytes!("../data/common_passwords.bin");

/// Length of a fingerprint, in bytes.
const LENGTH: usize = 5;

/// The passwords of at least eight characters among the 20,000 that are used most, as fingerprints of 40 bits: one
/// in 130 million other passwords is taken for one of them.
///
/// The list was preferred to an estimator such as `zxcvbn`, which brings a backtracking engine of regular
/// expressions and refuses by a score that nobody can look up.
#[derive(Debug, Clone, Default)]
pub struct CommonPasswordList(());

impl CommonPasswordList {
    /// The list that this crate was built with.
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }
}

impl CommonPasswords for CommonPasswordList {
    fn contains(&self, password: &str) -> bool {
        let digest = digest(&SHA256, password.as_bytes());
        let (fingerprints, _) = FINGERPRINTS.as_chunks::<LENGTH>();
        digest
            .as_ref()
            .first_chunk::<LENGTH>()
            .is_some_and(|wanted| fingerprints.binary_search(wanted).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_passwords_used_most_are_common() {
        let list = CommonPasswordList::new();
        for password in [
            "password",
            "12345678",
            "password1",
            "qwertyuiop",
            "iloveyou",
            "1q2w3e4r",
        ] {
            assert!(list.contains(password), "{password}");
        }
        for password in ["", "Password", "passwor", "correct horse battery"] {
            assert!(!list.contains(password), "{password}");
        }
    }

    /// OWASP ASVS 5.0, 6.2.4: at least 3,000 that match the rules on length.
    #[test]
    fn there_are_more_than_3_000_in_order() {
        let (fingerprints, rest) = FINGERPRINTS.as_chunks::<LENGTH>();
        assert!(fingerprints.len() > 3_000);
        assert!(fingerprints.is_sorted());
        assert!(rest.is_empty());
    }
}
