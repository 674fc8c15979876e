//! What texts look like, so that texts that look alike are equal.

use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

use super::AccountName;
use crate::id::AccountId;
use crate::text::is_invisible;

/// What a name looks like: names that look alike have the same skeleton. It is that of Unicode Technical Standard 39 of the
/// composed letters in lower case, without spaces, punctuation and symbols; accents are kept.
///
/// No two sellers have the same. Later versions of Unicode may make another skeleton of the same name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameSkeleton(String);

impl NameSkeleton {
    /// Maximum length, in characters. Compatibility characters stand for up to 18 others; names that look alike for so long
    /// are taken to look alike.
    pub const MAX_LENGTH: usize = 400;

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Skeleton of an account that has no name of its own. No name of another account has it.
    #[must_use]
    pub fn of_nameless(account: AccountId) -> Self {
        Self(account.to_string())
    }
}

impl std::fmt::Display for NameSkeleton {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl AccountName {
    /// What the name looks like. That of an account without a name of its own, [`neutral`](Self::neutral), looks like no
    /// other: its few random characters may be those of another account.
    #[must_use]
    pub fn skeleton(&self, own: AccountId) -> NameSkeleton {
        if *self == Self::neutral(own) {
            return NameSkeleton::of_nameless(own);
        }
        let look = look_of(self.as_str());
        let is_letter = |character: &char| character.is_alphanumeric() || is_mark(*character);
        let has_letters = look.chars().any(char::is_alphanumeric);
        // A name without any letters is its symbols.
        let kept = look
            .chars()
            .filter(|character| !has_letters || is_letter(character));
        let kept: String = kept.filter(|character| !is_invisible(*character)).collect();
        // Letters that symbols have kept apart may be composed now.
        let kept = look_of(&kept);
        NameSkeleton(kept.chars().take(NameSkeleton::MAX_LENGTH).collect())
    }
}

/// Whether a character modifies the one before it, and so ends no word.
pub(super) fn is_mark(character: char) -> bool {
    unicode_normalization::char::is_combining_mark(character)
}

/// Most steps until a text looks like itself.
const MOST_STEPS: usize = 8;

/// What a text looks like, with its spaces, punctuation and symbols.
pub(super) fn look_of(text: &str) -> String {
    let mut look = text.to_owned();
    for _ in 0..MOST_STEPS {
        let next = step(&look);
        if next == look {
            break;
        }
        look = next;
    }
    look
}

/// The skeleton of the composed letters, in lower case. Upper case comes first, because it joins more letters: Greek has two
/// small sigmas. Since `l` looks like `I`, it is taken for `i` as well, which has a dot of its own.
fn step(text: &str) -> String {
    let composed: String = text.nfkc().collect();
    let skeleton: String = skeleton(&composed).collect();
    let lower = skeleton
        .chars()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase);
    let lower: String = lower
        .map(|character| if character == 'i' { 'l' } else { character })
        .nfd()
        .collect();
    lower.replace("l\u{307}", "l").replace("j\u{307}", "j")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::account_id;

    fn skeleton_of(name: &str) -> NameSkeleton {
        name.parse::<AccountName>().unwrap().skeleton(account_id(1))
    }

    #[test]
    fn names_that_look_alike_have_the_same_skeleton() {
        for (name, others) in [
            (
                "Northwind Data",
                &[
                    "northwind data",
                    "NORTHWIND DATA",
                    "North wind-Data.",
                    "N\u{43e}rthwind D\u{430}t\u{430}",
                    "\u{39d}orthwind Data",
                    "N0rthw1nd Data",
                    "Northw\u{131}nd Data",
                    "Northwlnd Data",
                    "Northwi\u{307}nd Data",
                    "Northwind Data \u{1f680}",
                    "\u{ff2e}\u{ff4f}\u{ff52}\u{ff54}\u{ff48}\u{ff57}\u{ff49}\u{ff4e}\u{ff44} \u{ff24}\u{ff41}\u{ff54}\u{ff41}",
                    "\u{1d40d}orthwind Data",
                ][..],
            ),
            ("Modern", &["Modem", "rnodern"]),
            ("Ada & S\u{f6}hne", &["Ada So\u{308}hne", "ada-s\u{f6}hne"]),
            ("!!!", &["! ! !", "\u{1c3}!!"]),
            ("\u{1f680}", &["\u{1f680} "]),
        ] {
            for other in others {
                assert_eq!(skeleton_of(name), skeleton_of(other), "{name} {other}");
            }
        }
    }

    #[test]
    fn names_that_look_different_have_different_skeletons() {
        let names = [
            "Northwind Data",
            "Northwind",
            "Ada & S\u{f6}hne",
            "Ada & Sohne",
            "Ada & S\u{f3}hne",
            "\u{6771}\u{4eac}\u{30c7}\u{30fc}\u{30bf}",
            "\u{5927}\u{962a}\u{30c7}\u{30fc}\u{30bf}",
            "\u{1f680}",
            "\u{2605}",
            "!!!",
            "42",
            "43",
        ];
        let skeletons = names.map(skeleton_of);
        let distinct: std::collections::HashSet<_> = skeletons.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{skeletons:?}");
    }

    #[test]
    fn an_account_without_a_name_of_its_own_looks_like_no_other() {
        // The identifiers end alike.
        let (one, other) = (account_id(1), account_id(1 | 1 << 100));
        let name = AccountName::neutral(one);
        assert_eq!(name, AccountName::neutral(other));
        assert_ne!(name.skeleton(one), name.skeleton(other));
        let posing: AccountName = one.to_string().parse().unwrap();
        assert_ne!(posing.skeleton(other), name.skeleton(one));
    }

    #[test]
    fn every_letter_looks_like_itself_in_the_end() {
        // No letter has a greater number.
        for character in (0..0x3_4000).filter_map(char::from_u32) {
            let look = look_of(&character.to_string());
            assert_eq!(step(&look), look, "{character:?}");
        }
    }

    proptest! {
        #[test]
        fn the_skeleton_of_a_skeleton_is_itself(name in "\\PC{1,100}") {
            let Ok(name) = name.parse::<AccountName>() else { return Ok(()) };
            let skeleton = name.skeleton(account_id(1));
            prop_assert!(skeleton.as_str().chars().count() <= NameSkeleton::MAX_LENGTH);
            // A skeleton may be longer than a name.
            if let Ok(again) = skeleton.as_str().parse::<AccountName>() {
                prop_assert_eq!(again.skeleton(account_id(1)), skeleton);
            }
        }

        #[test]
        fn case_width_and_punctuation_make_no_difference(name in "[A-Za-z0-9]{1,50}", at in any::<prop::sample::Index>()) {
            let wide: String = name
                .chars()
                .filter_map(|letter| char::from_u32(u32::from(letter) + 0xfee0))
                .collect();
            let mut apart = name.clone();
            apart.insert_str(at.index(name.len()), ". ");
            let own = skeleton_of(&name);
            for other in [name.to_uppercase(), name.to_lowercase(), wide, apart] {
                prop_assert_eq!(skeleton_of(&other), own.clone(), "{}", other);
            }
        }
    }
}
