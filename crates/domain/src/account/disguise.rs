//! Names that pose as the marketplace, its staff, or another account.

use thiserror::Error;

use super::AccountName;
use super::look::{is_mark, look_of};
use crate::id::AccountId;
use crate::text::{HiddenCharacters, check_visible};

/// Name of the marketplace. No name has it as a word.
const MARKETPLACE: &str = "udam";

/// Names of the marketplace and of those who speak for it. No name is made of these alone.
const RESERVED: [&str; 18] = [
    MARKETPLACE,
    "marketplace",
    "support",
    "customer",
    "service",
    "help",
    "helpdesk",
    "admin",
    "administrator",
    "administration",
    "operator",
    "moderator",
    "staff",
    "team",
    "security",
    "official",
    "system",
    "root",
];

/// Why a name is refused whose form is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameRefused {
    /// It has characters that cannot be seen.
    #[error(transparent)]
    Hidden(#[from] HiddenCharacters),
    /// It looks like that of the marketplace, or of an account without a name of its own.
    #[error("must not look like a name of the marketplace or of its staff")]
    Reserved,
    /// It looks like that of another seller.
    #[error("must not look like the name of another seller")]
    Taken,
}

impl AccountName {
    /// Checks that a new name of an account poses neither as the marketplace nor as its staff. `own` is the account, if it
    /// exists: the neutral name made of its identifier is its own. Whether it looks like that of another seller is up to
    /// the store.
    ///
    /// # Errors
    /// [`NameRefused`]
    pub fn check(&self, own: Option<AccountId>) -> Result<(), NameRefused> {
        check_visible(self.as_str())?;
        if own.is_some_and(|own| *self == Self::neutral(own)) {
            return Ok(());
        }
        let words: Vec<String> = self
            .as_str()
            .split(|character: char| !character.is_alphanumeric() && !is_mark(character))
            .map(look)
            .filter(|word| !word.is_empty())
            .collect();
        let marketplace = look(MARKETPLACE);
        let reserved = RESERVED.map(look);
        let letters = words.concat();
        let letters = letters.trim_end_matches(|character: char| character.is_ascii_digit());
        let poses =
            words.contains(&marketplace) || is_made_of(letters, &reserved) || is_neutral(&words);
        if poses {
            return Err(NameRefused::Reserved);
        }
        Ok(())
    }
}

/// What a word looks like without its accents.
fn look(text: &str) -> String {
    look_of(text)
        .chars()
        .filter(|character| character.is_alphanumeric())
        .collect()
}

/// Whether a text is some of these words in a row.
fn is_made_of(text: &str, words: &[String]) -> bool {
    let rest_of = |word: &String| text.strip_prefix(word.as_str());
    words
        .iter()
        .filter_map(rest_of)
        .any(|rest| rest.is_empty() || is_made_of(rest, words))
}

/// Whether the words are those of [`AccountName::neutral`].
fn is_neutral(words: &[String]) -> bool {
    let [first, second] = words else { return false };
    *first == look("Member") && second.chars().count() >= AccountName::NEUTRAL_LENGTH
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::account_id;

    fn check(name: &str) -> Result<(), NameRefused> {
        name.parse::<AccountName>().unwrap().check(None)
    }

    #[test]
    fn nobody_is_called_like_the_marketplace_or_its_staff() {
        for name in [
            "UDAM",
            "udam",
            "UD\u{410}M",
            "\u{ff35}\u{ff24}\u{ff21}\u{ff2d}",
            "\u{1d414}\u{1d403}\u{1d400}\u{1d40c}",
            "U D A M",
            "U.D.A.M.",
            "\u{dc}DAM",
            "U\u{308}DAM",
            "The UDAM shop",
            "The U\u{308}DAM shop",
            "Support",
            "supp0rt",
            "SUPPORT 24",
            "Su\u{3c1}\u{3c1}ort",
            "Customer service",
            "UDAMsupport",
            "Admin",
            "ADM1N",
            "Adrnin",
            "official-support",
            "Member 084sn02q",
            "member O84sn02q",
        ] {
            assert_eq!(check(name), Err(NameRefused::Reserved), "{name:?}");
        }
        let hidden = Err(NameRefused::Hidden(HiddenCharacters));
        assert_eq!(check("U\u{200d}DAM"), hidden);
    }

    #[test]
    fn ordinary_names_are_taken() {
        for name in [
            "Ada & S\u{f6}hne",
            "Northwind Weather",
            "Northwind Forecasts",
            "Member Ada",
            "Farm Support Ltd",
            "Sudam Traders",
            "Members of Parliament",
            "Team Rocket",
            "\u{6771}\u{4eac}\u{30c7}\u{30fc}\u{30bf}",
            "!!!",
            "\u{1f469}\u{200d}\u{1f680}",
            "42",
        ] {
            assert_eq!(check(name), Ok(()), "{name:?}");
        }
    }

    #[test]
    fn the_neutral_name_of_an_account_is_its_own() {
        let name = AccountName::neutral(account_id(2));
        assert_eq!(name.check(Some(account_id(2))), Ok(()));
        let others = name.check(Some(account_id(1 << 80)));
        assert_eq!(others, Err(NameRefused::Reserved));
    }

    proptest! {
        #[test]
        fn no_spelling_of_the_marketplace_in_either_case_is_taken(
            upper in prop::collection::vec(any::<bool>(), 4),
            separator in prop::sample::select(vec!["", " ", "-", "."]),
        ) {
            let letters = MARKETPLACE.chars().zip(&upper);
            let letters: Vec<String> = letters
                .map(|(letter, upper)| if *upper { letter.to_uppercase().to_string() } else { letter.to_string() })
                .collect();
            prop_assert_eq!(check(&letters.join(separator)), Err(NameRefused::Reserved));
        }

        #[test]
        fn no_name_makes_the_check_fail_otherwise(name in "\\PC{1,100}") {
            if let Ok(name) = name.parse::<AccountName>() {
                let _ = name.check(None);
            }
        }
    }
}
