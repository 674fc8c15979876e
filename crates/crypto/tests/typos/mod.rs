//! Typing errors in secrets that carry a checksum.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{TestCaseResult, TestRunner};

/// A kind of secret.
pub(crate) struct Secrets {
    /// Beginning of each.
    pub(crate) prefix: &'static str,
    /// Characters of which they are made.
    pub(crate) alphabet: &'static str,
    /// Makes one.
    pub(crate) mint: fn() -> String,
    /// Whether a text is recognized as one.
    pub(crate) recognizes: fn(&str) -> bool,
}

impl Secrets {
    /// Checks that one typing error in a secret is enough for it not to be recognized, nor is any other text.
    pub(crate) fn detect_typos(&self) {
        let typo = (
            any::<Index>(),
            select(self.alphabet.chars().collect::<Vec<_>>()),
            any::<char>(),
        );
        let other = ("\\PC{0,80}", ".{40,52}");
        let checked = TestRunner::default().run(&(typo, other), |((at, wrong, stray), other)| {
            self.detect_typo(at, wrong, stray)?;
            let (text, tail) = other;
            self.refuse(&text)?;
            self.refuse(&format!("{}{tail}", self.prefix))
        });
        assert!(checked.is_ok(), "{checked:?}");
    }

    fn detect_typo(&self, at: Index, wrong: char, stray: char) -> TestCaseResult {
        let secret = (self.mint)();
        let place = at.index(secret.len());
        if !secret[place..].starts_with(wrong) {
            self.refuse(&format!(
                "{}{wrong}{}",
                &secret[..place],
                &secret[place + 1..]
            ))?;
        }
        let mut longer = secret.clone();
        longer.insert(at.index(secret.len() + 1), stray);
        self.refuse(&longer)?;
        let mut shorter = secret.clone();
        shorter.remove(place);
        self.refuse(&shorter)?;
        let place = at.index(secret.len() - 1);
        let (first, second) = (&secret[place..=place], &secret[place + 1..place + 2]);
        if first != second {
            self.refuse(&format!(
                "{}{second}{first}{}",
                &secret[..place],
                &secret[place + 2..]
            ))?;
        }
        Ok(())
    }

    fn refuse(&self, text: &str) -> TestCaseResult {
        prop_assert!(!(self.recognizes)(text), "{text:?} is recognized");
        Ok(())
    }
}
