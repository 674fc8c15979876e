use std::convert::Infallible;
use std::str::FromStr;

use strum::{Display, EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

use super::story::StoryId;
use crate::account::Email;
use crate::id::{AccountId, CallId, ChargeId, ListingId, OrderId, RefundId, TokenId};

/// Kind of something that an operator finds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum HitKind {
    /// An account.
    Account,
    /// An order.
    Order,
    /// A token.
    Token,
    /// A listing.
    Listing,
    /// A call through the gateway.
    Call,
    /// A charge, or the provider's session or payment of one.
    Payment,
    /// A refund, ours or the provider's.
    Refund,
    /// A dispute of the provider's.
    Dispute,
    /// An event of the provider's.
    Event,
}

/// A name that an operator looks for. It is found as it is, and not by a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// Identifier of one of the kinds that have their own, or of any of them for a bare UUID.
    Id(Uuid, Option<HitKind>),
    /// Address of an account.
    Email(Email),
    /// The provider's id of a session, payment, refund, dispute or event.
    Provider(String),
    /// Text that names nothing.
    Nothing,
}

impl Lookup {
    /// Most characters of a name. The longest of the provider's have fewer.
    pub const MAX_LENGTH: usize = 255;

    /// Most things that are found by one name.
    pub const MOST_HITS: u8 = 50;
}

impl FromStr for Lookup {
    type Err = Infallible;

    /// Any text names something, or nothing.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        let text = text.trim();
        Ok(id(text)
            .or_else(|| text.parse().ok().map(Self::Email))
            .or_else(|| provider(text))
            .unwrap_or(Self::Nothing))
    }
}

/// One of our identifiers, with its prefix or bare.
fn id(text: &str) -> Option<Lookup> {
    macro_rules! typed {
        ($($id:ident: $kind:ident),* $(,)?) => {$(
            if let Ok(id) = text.parse::<$id>() {
                return Some(Lookup::Id(id.uuid(), Some(HitKind::$kind)));
            }
        )*};
    }
    typed!(
        AccountId: Account,
        OrderId: Order,
        TokenId: Token,
        ListingId: Listing,
        CallId: Call,
        ChargeId: Payment,
        RefundId: Refund,
    );
    let uuid = text.parse().ok()?;
    Some(Lookup::Id(uuid, None))
}

/// The lookup of an id that a provider may have: printable ASCII without white space.
fn provider(text: &str) -> Option<Lookup> {
    let is_id = (1..=Lookup::MAX_LENGTH).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_id.then(|| Lookup::Provider(text.to_owned()))
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its kind.
    pub kind: HitKind,
    /// Its identifier, ours or the provider's.
    pub id: String,
    /// Story that it is part of.
    pub story: StoryId,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::{account_id, order_id};

    fn lookup(text: &str) -> Lookup {
        text.parse().unwrap()
    }

    #[test]
    fn a_name_is_recognized_by_its_form() {
        let order = order_id(7);
        let expected = Lookup::Id(order.uuid(), Some(HitKind::Order));
        assert_eq!(lookup(&format!("  {order}\n")), expected);
        let account = account_id(7);
        let expected = Lookup::Id(account.uuid(), Some(HitKind::Account));
        assert_eq!(lookup(&account.to_string()), expected);
        for text in [order.uuid().to_string(), order.uuid().simple().to_string()] {
            assert_eq!(lookup(&text), Lookup::Id(order.uuid(), None));
        }
        let email = "ada@example.com".parse().unwrap();
        assert_eq!(lookup("Ada@Example.com"), Lookup::Email(email));
        for id in ["pi_3OqZ", "cs_test_a1", "re_1", "du_1", "evt_1", "ord_1"] {
            assert_eq!(lookup(id), Lookup::Provider(id.to_owned()));
        }
        let long = "x".repeat(Lookup::MAX_LENGTH + 1);
        for text in ["", "  ", "two words", "né", &long] {
            assert_eq!(lookup(text), Lookup::Nothing, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_text_can_be_looked_for(text: String) {
            let _ = lookup(&text);
        }
    }
}
