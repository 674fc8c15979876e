use std::error::Error;
use std::fmt::Debug;

use crate::error_chain::error_chain;

/// Result of a step of a case.
pub(super) type Checked<T = ()> = Result<T, Mismatch>;

/// What a step expected, and what it found. No error itself, so that every error becomes one.
#[derive(Debug)]
pub(super) struct Mismatch {
    pub(super) expected: String,
    pub(super) found: String,
}

impl<E: Error + 'static> From<E> for Mismatch {
    fn from(error: E) -> Self {
        Self {
            expected: "a call that succeeds".to_owned(),
            found: format!("the error: {}", error_chain(&error)),
        }
    }
}

/// Fails unless `found` is `expected`; `what` names the value.
#[expect(
    clippy::needless_pass_by_value,
    reason = "cases compare what a call returns with a literal"
)]
pub(super) fn equal<T: Debug + PartialEq>(what: &str, found: T, expected: T) -> Checked {
    if found == expected {
        return Ok(());
    }
    Err(Mismatch {
        expected: format!("{what}: {expected:?}"),
        found: format!("{found:?}"),
    })
}

/// Fails unless `found` is as expected; `expected` says how.
pub(super) fn holds<T: Debug>(
    expected: &str,
    found: &T,
    condition: impl FnOnce(&T) -> bool,
) -> Checked {
    if condition(found) {
        return Ok(());
    }
    Err(Mismatch {
        expected: expected.to_owned(),
        found: format!("{found:?}"),
    })
}

/// The value, which must be there; `what` names it.
pub(super) fn some<T>(what: &str, found: Option<T>) -> Checked<T> {
    found.ok_or_else(|| Mismatch {
        expected: what.to_owned(),
        found: "None".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::StoreError;

    #[test]
    fn a_mismatch_says_what_was_expected_and_found() {
        let mismatch = equal("units", 3, 4).unwrap_err();
        assert_eq!(mismatch.expected, "units: 4");
        assert_eq!(mismatch.found, "3");
        assert!(equal("units", 4, 4).is_ok());
        assert!(holds("a positive number", &-1, |found| *found > 0).is_err());
        let failed = Mismatch::from(StoreError::Overloaded);
        assert_eq!(
            failed.found,
            "the error: the store has more to do than it can"
        );
        assert_eq!(some::<u8>("a token", None).unwrap_err().expected, "a token");
    }
}
