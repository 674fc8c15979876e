use udam_domain::CommonPasswords;

/// Lower-case passwords, one a line, sorted by their bytes. `data/README.md` says where they are from.
const LIST: &str = include_str!("../data/common_passwords.txt");

/// The passwords of at least eight characters among the 20,000 that are used most.
///
/// The list was preferred to an estimator such as `zxcvbn`, which brings a backtracking engine of regular
/// expressions and refuses by a score that nobody can look up.
#[derive(Debug, Clone)]
pub struct CommonPasswordList(Vec<&'static str>);

impl CommonPasswordList {
    /// The list that this crate was built with.
    #[must_use]
    pub fn new() -> Self {
        Self(LIST.lines().collect())
    }
}

impl Default for CommonPasswordList {
    fn default() -> Self {
        Self::new()
    }
}

impl CommonPasswords for CommonPasswordList {
    fn contains(&self, password: &str) -> bool {
        self.0.binary_search(&password).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use udam_domain::account::Password;

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
    fn there_are_more_than_3_000_and_each_is_found() {
        let list = CommonPasswordList::new();
        assert!(list.0.len() > 3_000);
        for password in &list.0 {
            assert!(list.contains(password), "{password} is out of order");
            assert!(Password::new((*password).to_owned()).is_ok(), "{password}");
            assert_eq!(password.to_lowercase(), *password);
        }
    }
}
