use thiserror::Error;

use super::{Email, Password};
use crate::secret::Secret;

/// Words that the marketplace is known by, in lower case.
const MARKETPLACE: [&str; 2] = ["udam", "marketplace"];

/// Fewest characters of a word that makes a password weak by being part of it.
const SHORTEST_WORD: usize = 3;

/// Why a password is refused whose length is right: it would be guessed within a few attempts.
///
/// NIST SP 800-63B, 3.1.1.2: what is refused is what is common, and what can be expected of this account at
/// this service; no composition of characters is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WeakPassword {
    /// It is white space, and nothing else.
    #[error("must not be blank; choose several words in a row")]
    Blank,
    /// It is one character, over and over.
    #[error("must not be one character repeated; choose several words in a row")]
    Repeated,
    /// It is the account's email address, or the part before the `@`, if with other signs or digits.
    #[error("must not be made of your email address; choose several words in a row")]
    OwnAddress,
    /// It is the marketplace's name, if with other signs or digits.
    #[error("must not be made of the name of this marketplace; choose several words in a row")]
    Marketplace,
    /// It is one of the most common passwords.
    #[error(
        "must not be one of the most common passwords, which are guessed first; choose several words in a row"
    )]
    Common,
}

impl Password {
    /// Checks that a new password of the account with this address is not among those that are guessed first,
    /// in upper or lower case. `is_common` is asked about it in lower case.
    ///
    /// # Errors
    /// [`WeakPassword`]
    pub fn check(
        &self,
        email: &Email,
        is_common: impl FnOnce(&str) -> bool,
    ) -> Result<(), WeakPassword> {
        let password = folded(self.expose());
        let password = password.expose().trim();
        let address = email.as_str();
        let local = address.split('@').next().unwrap_or(address);
        if password.is_empty() {
            Err(WeakPassword::Blank)
        } else if is_repeated(password) {
            Err(WeakPassword::Repeated)
        } else if is_made_of(password, &[address]) || is_made_of(password, &[local]) {
            Err(WeakPassword::OwnAddress)
        } else if is_made_of(password, &MARKETPLACE) {
            Err(WeakPassword::Marketplace)
        } else if is_common(password) {
            Err(WeakPassword::Common)
        } else {
            Ok(())
        }
    }
}

/// The text in lower case.
fn folded(text: &str) -> Secret {
    // Lower case is at most three times as long, so that no copy is left behind by growing.
    let mut folded = String::with_capacity(text.len().saturating_mul(3));
    folded.extend(text.chars().flat_map(char::to_lowercase));
    Secret::new(folded)
}

fn is_repeated(text: &str) -> bool {
    let mut characters = text.chars().filter(|character| !character.is_whitespace());
    let first = characters.next();
    characters.all(|character| Some(character) == first)
}

/// Whether the text is one of these words, or has no letters but those of the words.
fn is_made_of(text: &str, words: &[&str]) -> bool {
    words.contains(&text)
        || (text.contains(char::is_alphabetic) && !has_letters_besides(text, words))
}

fn has_letters_besides(text: &str, words: &[&str]) -> bool {
    match words {
        [] => text.contains(char::is_alphabetic),
        [word, rest @ ..] if word.len() < SHORTEST_WORD => has_letters_besides(text, rest),
        [word, rest @ ..] => text
            .split(word)
            .any(|between| has_letters_besides(between, rest)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(password: &str, email: &str) -> Result<(), WeakPassword> {
        let password = Password::new(password.into()).unwrap();
        password.check(&email.parse().unwrap(), |password| password == "password")
    }

    #[track_caller]
    fn assert_weak(why: WeakPassword, passwords: &[&str]) {
        for password in passwords {
            let checked = check(password, "ada.lovelace@example.com");
            assert_eq!(checked, Err(why), "{password:?}");
        }
    }

    #[test]
    fn a_password_that_is_guessed_first_is_weak() {
        assert_weak(
            WeakPassword::Blank,
            &["        ", "\t\n \t\n \t\n", "\u{3000}\u{a0}      "],
        );
        assert_weak(
            WeakPassword::Repeated,
            &[
                "aaaaaaaa",
                "aaaaAAAA",
                "0000 0000",
                "ßßßßßßßß",
                "\0\0\0\0\0\0\0\0",
            ],
        );
        assert_weak(
            WeakPassword::OwnAddress,
            &[
                "ada.lovelace@example.com",
                "Ada.Lovelace@Example.com",
                "ada.lovelace",
                "ada.lovelace1815!",
                "1.ADA.LOVELACE",
                "ada.lovelaceada.lovelace",
            ],
        );
        assert_weak(
            WeakPassword::Marketplace,
            &[
                "udamudam",
                "UDAM2026",
                "udam-marketplace",
                "Marketplace1",
                "marketplace",
                "!udam1234",
            ],
        );
        assert_weak(
            WeakPassword::Common,
            &["password", "PassWord", " password "],
        );
    }

    #[test]
    fn a_password_that_only_contains_a_word_is_not_weak() {
        for password in [
            "correct horse battery",
            "ada.lovelace wrote a program",
            "udam is where i buy data",
            "lovelace",
            "password of mine",
            "12345678",
            "ünïcödé8",
            "ababababab",
        ] {
            assert_eq!(
                check(password, "ada.lovelace@example.com"),
                Ok(()),
                "{password:?}"
            );
        }
    }

    #[test]
    fn a_short_name_before_the_at_does_not_make_passwords_weak() {
        assert_eq!(check("a1b2-c3d4", "a@example.com"), Ok(()));
        assert_eq!(check("29-38-47-56", "29@example.com"), Ok(()));
        assert_eq!(check("29384756", "384@example.com"), Ok(()));
        assert_eq!(
            check("29384756", "29384756@example.com"),
            Err(WeakPassword::OwnAddress)
        );
    }

    proptest! {
        #[test]
        fn neither_case_nor_space_around_it_makes_a_password_less_weak(text in "\\PC{8,40}") {
            let email = "ada.lovelace@example.com";
            prop_assert_eq!(
                check(&text.to_ascii_uppercase(), email).is_ok(),
                check(&text, email).is_ok()
            );
            let around = format!("  {text} ");
            prop_assert_eq!(check(&around, email).is_ok(), check(&text, email).is_ok());
        }

        #[test]
        fn digits_and_signs_do_not_make_an_address_a_password(
            local in "[a-z][a-z0-9.+-]{7,30}", before in "[0-9!?. -]{0,5}", after in "[0-9!?. -]{0,5}",
        ) {
            let checked = check(&format!("{before}{local}{after}"), &format!("{local}@example.com"));
            prop_assert!(checked.is_err());
        }

        #[test]
        fn a_password_with_letters_of_its_own_is_not_made_of_the_address(word in "[j-t]{8,20}") {
            let email = "ada@example.com";
            let is_repeated = word.bytes().all(|byte| byte == word.as_bytes()[0]);
            prop_assert_eq!(check(&format!("ada{word}"), email), Ok(()));
            prop_assert_eq!(check(&word, email).is_ok(), !is_repeated);
        }
    }
}
