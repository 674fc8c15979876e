use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::account::Email;
use crate::secret::{Secret, presented_secret};
use crate::time::Timestamp;

presented_secret!(
    /// The secret that an app and the marketplace share: 160 bits, as RFC 4226 (section 4, R6) recommends, in base 32
    /// (RFC 4648, section 6) without padding.
    TotpSecret
);

impl TotpSecret {
    /// The address by which an app takes the secret over, from a QR code: `otpauth://totp/issuer:email?secret=…&issuer=…`, as
    /// Google Authenticator's [Key URI Format](https://github.com/google/google-authenticator/wiki/Key-Uri-Format) has it.
    /// Algorithm, digits and period are those that apps expect, and left out.
    #[must_use]
    pub fn uri(&self, issuer: &str, email: &Email) -> Secret {
        let Ok(mut uri) = Url::parse("otpauth://totp") else {
            return Secret::new(String::new());
        };
        if let Ok(mut path) = uri.path_segments_mut() {
            path.push(&format!("{issuer}:{email}"));
        }
        uri.query_pairs_mut()
            .append_pair("secret", self.expose())
            .append_pair("issuer", issuer);
        Secret::new(uri.into())
    }
}

/// Number of a period of thirty seconds since 1970, for which an app shows one code (RFC 6238, section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TotpStep(u64);

impl TotpStep {
    /// Length of a step in seconds.
    pub const SECONDS: u64 = 30;

    /// The step of an instant.
    #[must_use]
    pub fn at(instant: Timestamp) -> Self {
        let seconds = u64::try_from(instant.as_second()).unwrap_or(0);
        Self(seconds.checked_div(Self::SECONDS).unwrap_or(0))
    }

    /// The step with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The step that a code is of, if it is right at `now` and later than `last_used`: the current one, or the one before or
    /// after, as RFC 6238 (section 5.2) suggests for clocks that differ. `is_code_of` says whether the code is that of a
    /// step. A code so is right once, and so are those before it.
    #[must_use]
    pub fn of_code(
        now: Timestamp,
        last_used: Self,
        is_code_of: impl Fn(Self) -> bool,
    ) -> Option<Self> {
        let current = Self::at(now).0;
        let first = current.saturating_sub(1);
        let steps = (first..=current.saturating_add(1)).map(Self);
        // All are compared, so that the time taken tells nothing.
        let matching: Vec<Self> = steps.filter(|step| is_code_of(*step)).collect();
        matching.into_iter().find(|step| *step > last_used)
    }
}

/// The six digits that an app shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TotpCode(u32);

/// A text is not the code of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the six digits that your app shows")]
pub struct TotpCodeError;

impl TotpCode {
    /// Number of its digits.
    pub const DIGITS: usize = 6;

    /// The code that these bits are cut down to (RFC 4226, section 5.3).
    #[must_use]
    pub const fn truncated(bits: u32) -> Self {
        Self((bits & 0x7fff_ffff).rem_euclid(1_000_000))
    }
}

impl FromStr for TotpCode {
    type Err = TotpCodeError;

    /// Apps show the digits in groups: spaces are left out.
    fn from_str(text: &str) -> Result<Self, TotpCodeError> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != Self::DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(TotpCodeError);
        }
        digits.parse().map(Self).map_err(|_unparsed| TotpCodeError)
    }
}

impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::at;

    fn step_of(now: i64, last_used: u64, code_of: u64) -> Option<u64> {
        let is_code_of = |step: TotpStep| step.number() == code_of;
        TotpStep::of_code(at(now), TotpStep::new(last_used), is_code_of).map(TotpStep::number)
    }

    #[test]
    fn clocks_may_differ_by_one_step_each_way() {
        for (code_of, is_right) in [(8, false), (9, true), (10, true), (11, true), (12, false)] {
            assert_eq!(step_of(300, 0, code_of), is_right.then_some(code_of));
            assert_eq!(step_of(329, 0, code_of), is_right.then_some(code_of));
        }
        assert_eq!(step_of(0, 0, 1), Some(1));
    }

    #[test]
    fn a_code_is_right_once_and_none_before_it_is_right_afterwards() {
        assert_eq!(step_of(300, 10, 10), None);
        assert_eq!(step_of(300, 10, 9), None);
        assert_eq!(step_of(300, 10, 11), Some(11));
    }

    #[test]
    fn of_two_steps_with_one_code_the_unused_one_counts() {
        let step = TotpStep::of_code(at(300), TotpStep::new(9), |_| true);
        assert_eq!(step, Some(TotpStep::new(10)));
    }

    #[test]
    fn an_app_takes_the_secret_over_from_an_address() {
        let secret = TotpSecret::new("GEZDGNBVGY3TQOJQ".to_owned());
        let uri = secret.uri("market.example.com", &"a+b%@example.com".parse().unwrap());
        assert_eq!(
            uri.expose(),
            "otpauth://totp/market.example.com:a+b%25@example.com?secret=GEZDGNBVGY3TQOJQ&issuer=market.example.com"
        );
    }

    #[test]
    fn a_code_is_six_digits_however_they_are_grouped() {
        let code = |text: &str| text.parse::<TotpCode>();
        assert_eq!(code("123 456"), code("123456"));
        assert_eq!(code("000001"), Ok(TotpCode(1)));
        for text in [
            "",
            "12345",
            "1234567",
            "12345a",
            "-12345",
            "+12345",
            "１２３４５６",
        ] {
            assert_eq!(code(text), Err(TotpCodeError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_accepted_step_is_near_and_later_than_the_last(
            now in 0..10_000_000_i64, last in 0..400_000_u64, code_of in 0..400_000_u64,
        ) {
            if let Some(step) = step_of(now, last, code_of) {
                let current = TotpStep::at(at(now)).number();
                prop_assert!(step == code_of && step > last && step.abs_diff(current) <= 1);
                // And then never again.
                prop_assert_eq!(step_of(now, step, code_of), None);
            }
        }

        #[test]
        fn every_code_has_six_digits(bits: u32) {
            let TotpCode(code) = TotpCode::truncated(bits);
            prop_assert!(code < 1_000_000);
            prop_assert_eq!(format!("{code:06}").parse(), Ok(TotpCode(code)));
        }
    }
}
