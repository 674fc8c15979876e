use std::fmt;

use super::{CallCost, CallPath, CallRate, ChargeRule, KeyPlacement, Method, Methods, Paths};
use crate::time::SignedDuration;

/// Terms that a service is sold on through the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GatewayTerms {
    /// Place of the seller's key in requests to the service.
    pub auth: KeyPlacement,
    /// Methods of calls.
    pub methods: Methods,
    /// Paths of calls.
    pub paths: Paths,
    /// Units of a call.
    pub cost: CallCost,
    /// Answers that are charged for.
    pub charge: ChargeRule,
    /// Time for the head of an answer to come.
    pub timeout: CallTimeout,
    /// Most calls of a token in a period; `None` = any number.
    pub rate: Option<CallRate>,
}

impl GatewayTerms {
    /// Whether calls by this method to this path are sold.
    #[must_use]
    pub fn sell(&self, method: Method, path: &CallPath) -> bool {
        self.methods.contains(method) && self.paths.cover(path)
    }

    /// Length of all terms as texts, in bytes, to within a few: that of the paths, and as much for all others as they
    /// have at most.
    #[must_use]
    pub fn text_length(&self) -> usize {
        /// Length of the terms whose length is bounded, and of a prefix's quotation marks.
        const OTHERS: usize = 250;
        const QUOTES: usize = 3;

        let paths = self.paths.prefixes().iter();
        let lengths = paths.map(|prefix| prefix.as_str().len().saturating_add(QUOTES));
        lengths.fold(OTHERS, usize::saturating_add)
    }
}

/// Version of the gateway terms of a listing, counted from 1. A token keeps the version that it was bought under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermsVersion(u32);

impl TermsVersion {
    /// The version of a listing's first terms.
    pub const FIRST: Self = Self(1);

    /// The version of this number; `None` for zero.
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        if number == 0 {
            None
        } else {
            Some(Self(number))
        }
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The version after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for TermsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Terms and their version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionedTerms {
    /// The version.
    pub version: TermsVersion,
    /// The terms.
    pub terms: GatewayTerms,
}

/// Time for the head of an answer to come: 1 to 300 seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallTimeout(u16);

impl CallTimeout {
    /// Most seconds.
    pub const MOST: u16 = 300;

    /// So many seconds; `None` if out of range.
    #[must_use]
    pub fn new(seconds: i64) -> Option<Self> {
        let seconds = u16::try_from(seconds).ok();
        seconds
            .filter(|seconds| (1..=Self::MOST).contains(seconds))
            .map(Self)
    }

    /// In seconds.
    #[must_use]
    pub const fn seconds(self) -> u16 {
        self.0
    }

    /// As a duration.
    #[must_use]
    pub fn duration(self) -> SignedDuration {
        SignedDuration::from_secs(self.0.into())
    }
}

impl Default for CallTimeout {
    /// 30 seconds.
    fn default() -> Self {
        Self(30)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_sold_by_its_method_and_its_path() {
        let terms = GatewayTerms {
            methods: Methods::new([Method::Get]).unwrap(),
            paths: Paths::new(vec!["/v1".parse().unwrap()]).unwrap(),
            ..GatewayTerms::default()
        };
        let path = |text: &str| CallPath::new(text.to_owned()).unwrap();
        assert!(terms.sell(Method::Get, &path("/v1/rain")));
        assert!(!terms.sell(Method::Post, &path("/v1/rain")));
        assert!(!terms.sell(Method::Get, &path("/admin")));
    }

    #[test]
    fn a_timeout_is_one_second_to_five_minutes() {
        assert_eq!(CallTimeout::default().seconds(), 30);
        assert_eq!(CallTimeout::new(300).map(CallTimeout::seconds), Some(300));
        for seconds in [0, -1, 301, i64::MAX] {
            assert_eq!(CallTimeout::new(seconds), None);
        }
    }

    #[test]
    fn versions_are_counted_from_one() {
        assert_eq!(TermsVersion::new(0), None);
        assert_eq!(TermsVersion::FIRST.next().get(), 2);
    }
}
