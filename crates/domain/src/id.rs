//! Identifiers: `UUIDv7` inside, typed and prefixed on the outside.
//!
//! The text form is the [TypeID](https://github.com/jetify-com/typeid/tree/main/spec) form: a prefix
//! that names the kind, an underscore, and 26 characters of Crockford's base 32 in lower case. An
//! identifier of one kind never parses as another.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use uuid::Uuid;

use crate::ports::Entropy;
use crate::time::Timestamp;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const SUFFIX_LENGTH: usize = 26;

/// Error of a text that is not an identifier of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be an identifier such as {expected}_01h455vb4pex5vsknk084sn02q")]
pub struct ParseIdError {
    expected: &'static str,
}

fn encode(uuid: Uuid) -> String {
    let bits = uuid.as_u128();
    (0..SUFFIX_LENGTH)
        .rev()
        .filter_map(|place| {
            let shift = u32::try_from(place).ok()?.checked_mul(5)?;
            let digit = usize::try_from(bits.checked_shr(shift)? & 31).ok()?;
            ALPHABET.get(digit).map(|byte| char::from(*byte))
        })
        .collect()
}

fn decode(suffix: &str) -> Option<Uuid> {
    // 26 digits of 5 bits are 130: the first may only carry 3, or the value would not fit.
    if suffix.len() != SUFFIX_LENGTH || !suffix.starts_with(|first| first <= '7') {
        return None;
    }
    suffix
        .bytes()
        .try_fold(0_u128, |bits, byte| {
            let digit = ALPHABET.iter().position(|known| *known == byte)?;
            Some(bits.checked_shl(5)? | u128::try_from(digit).ok()?)
        })
        .map(Uuid::from_u128)
}

fn uuid_v7(now: Timestamp, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Prefix of the text form, such as `ord`.
            pub const PREFIX: &'static str = $prefix;

            /// A new identifier: time-ordered to the millisecond, then random.
            #[must_use]
            pub fn mint(now: Timestamp, entropy: &dyn Entropy) -> Self {
                let mut random = [0; 10];
                entropy.fill(&mut random);
                Self(uuid_v7(now, random))
            }

            /// The smallest identifier that can be minted at this instant: every one minted from
            /// then on comes after it, or is it.
            #[must_use]
            pub fn first_at(instant: Timestamp) -> Self {
                Self(uuid_v7(instant, [0; 10]))
            }

            /// The identifier that storage keeps as this UUID.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID to store.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or(ParseIdError { expected: $prefix })
            }
        }
    };
}

typed_id!(
    /// An account: `acc_…`.
    AccountId,
    "acc"
);
typed_id!(
    /// A listing: `lst_…`.
    ListingId,
    "lst"
);
typed_id!(
    /// An order: `ord_…`.
    OrderId,
    "ord"
);
typed_id!(
    /// An access token: `tok_…`.
    TokenId,
    "tok"
);
typed_id!(
    /// A charge: `chg_…`. Its buyer sees it as a payment of the tab.
    ChargeId,
    "chg"
);
typed_id!(
    /// A refund, which only operators and the payment provider see: `rfd_…`.
    RefundId,
    "rfd"
);
typed_id!(
    /// A key of a token, which stands for its seller's: `key_…`. It names the access key; it does not open anything.
    AccessKeyId,
    "key"
);
typed_id!(
    /// A key of an account's own: `pak_…`. It names the key; it does not open anything.
    AccountKeyId,
    "pak"
);
typed_id!(
    /// A call through the gateway: `cal_…`.
    CallId,
    "cal"
);
typed_id!(
    /// A mail, with however many attempts at sending it: `mai_…`.
    MailId,
    "mai"
);
typed_id!(
    /// A second factor, which only operators see: `fac_…`.
    SecondFactorId,
    "fac"
);
typed_id!(
    /// A session: `ses_…`. It names the session; it does not open it.
    SessionId,
    "ses"
);

impl RefundId {
    /// The identifier after this one, for a step that makes several refunds and has drawn one identifier.
    #[must_use]
    pub(crate) const fn successor(self) -> Self {
        Self(Uuid::from_u128(self.0.as_u128().wrapping_add(1)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::{at, draw};

    #[test]
    fn the_specifications_vectors_hold() {
        // From the TypeID specification, `valid.yml`.
        let vectors = [
            (
                "00000000000000000000000000",
                "00000000-0000-0000-0000-000000000000",
            ),
            (
                "00000000000000000000000001",
                "00000000-0000-0000-0000-000000000001",
            ),
            (
                "0000000000000000000000000g",
                "00000000-0000-0000-0000-000000000010",
            ),
            (
                "7zzzzzzzzzzzzzzzzzzzzzzzzz",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
            ),
            (
                "0123456789abcdefghjkmnpqrs",
                "0110c853-1d09-52d8-d73e-1194e95b5f19",
            ),
        ];
        for (suffix, uuid) in vectors {
            let uuid: Uuid = uuid.parse().unwrap();
            assert_eq!(encode(uuid), suffix);
            assert_eq!(decode(suffix), Some(uuid));
        }
    }

    #[test]
    fn texts_that_the_specification_calls_invalid_are_rejected() {
        for suffix in [
            "",
            "8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "0123456789ABCDEFGHJKMNPQRS",
            "0123456789abcdefghjkmnpqr",
            "0123456789abcdefghjkmnpqrst",
            "ooooooiiiiiiuuuuuuulllllll",
            "123456789-0123456789-01234",
            "ééééééééééééé",
        ] {
            assert_eq!(decode(suffix), None, "{suffix}");
        }
    }

    #[test]
    fn an_identifier_of_one_kind_is_not_one_of_another() {
        let order = OrderId::from_uuid(Uuid::from_u128(7));
        assert_eq!(order.to_string().parse(), Ok(order));
        assert!(order.to_string().parse::<TokenId>().is_err());
    }

    #[test]
    fn a_minted_identifier_is_of_version_7_and_sorts_by_time() {
        let mint = |seconds, random| OrderId::mint(at(seconds), &draw(random));
        let id = mint(1, 0xff);
        assert_eq!(id.uuid().get_version_num(), 7);
        assert_eq!(
            id.uuid().as_u128() >> 80,
            1_000,
            "it starts with the milliseconds"
        );
        assert!(id < mint(2, 0));
        assert_ne!(id, mint(1, 0));
    }

    #[test]
    fn the_first_identifier_of_an_instant_sorts_before_all_later_ones() {
        let first = OrderId::first_at(at(2));
        assert_eq!(first, OrderId::mint(at(2), &draw(0)));
        for random in 1..=u8::MAX {
            assert!(OrderId::mint(at(1), &draw(random)) < first);
            assert!(OrderId::mint(at(2), &draw(random)) > first);
        }
    }

    proptest! {
        #[test]
        fn every_identifier_survives_its_text_form(bits: u128) {
            let id = ListingId::from_uuid(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<ListingId>(), Ok(id));
        }

        #[test]
        fn no_text_makes_parsing_panic(text in ".{0,40}") {
            let _ = text.parse::<ListingId>();
            let _ = format!("lst_{text}").parse::<ListingId>();
        }
    }
}
