//! Deleting an account: what keeps it, and what is left of it.

use strum::{Display, EnumString, IntoStaticStr};

use super::{AccountName, Email, PasswordHash};
use crate::audit::Actor;
use crate::id::AccountId;
use crate::time::Timestamp;

/// Obligations of an account to others, as a store has found them under lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Obligations {
    /// Number of its orders that await payment.
    pub unpaid_orders: u64,
    /// Whether there is an amount on its tab.
    pub owes_tab: bool,
    /// Number of orders of its listings that await payment.
    pub unpaid_sales: u64,
    /// Number of tokens that it has sold and that grant access.
    pub sold_tokens: u64,
    /// Number of disputes about its orders or its sales that are not decided.
    pub open_disputes: u64,
    /// Whether it has a role.
    pub has_role: bool,
}

/// A reason for which an account cannot be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Obligation {
    /// Orders of its await payment.
    UnpaidOrders,
    /// There is an amount on its tab.
    UnpaidTab,
    /// Orders of its listings await payment.
    UnpaidSales,
    /// Tokens that it has sold grant access.
    SoldTokens,
    /// A bank has not decided a dispute.
    OpenDisputes,
    /// It has a role.
    Role,
}

impl Obligations {
    /// Reasons for which the account cannot be deleted, in the order in which they are best dealt with; none if it can be.
    #[must_use]
    pub fn all(&self) -> Vec<Obligation> {
        let found = [
            (self.unpaid_orders > 0, Obligation::UnpaidOrders),
            (self.owes_tab, Obligation::UnpaidTab),
            (self.unpaid_sales > 0, Obligation::UnpaidSales),
            (self.sold_tokens > 0, Obligation::SoldTokens),
            (self.open_disputes > 0, Obligation::OpenDisputes),
            (self.has_role, Obligation::Role),
        ];
        let found = found.into_iter().filter(|(keeps, _)| *keeps);
        found.map(|(_, obligation)| obligation).collect()
    }
}

impl Obligation {
    /// Advice: an imperative sentence without a full stop.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::UnpaidOrders => "Pay or cancel your orders that await payment",
            Self::UnpaidTab => "Pay your tab",
            Self::UnpaidSales => {
                "Cancel the orders of your listings that await payment, or wait until they are paid or lapse"
            }
            Self::SoldTokens => {
                "Refund the orders whose tokens still grant access, or wait until the tokens expire; pause your \
                 listings meanwhile"
            }
            Self::OpenDisputes => "Wait until the bank has decided the dispute",
            Self::Role => "Ask an administrator to take your role away",
        }
    }
}

/// Request to delete an account whose password was verified.
#[derive(Debug, Clone)]
pub struct EraseAccount {
    /// The account.
    pub actor: Actor,
    /// The hash that the password was verified against.
    pub verified: PasswordHash,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

/// Stand-in for a person in the records that stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nobody {
    /// An address that nobody has: RFC 2606 keeps `.invalid` free.
    pub email: Email,
    /// A name made of the identifier.
    pub name: AccountName,
}

impl Nobody {
    /// The stand-in for this account. `None` if its identifier makes no address, which all do.
    #[must_use]
    pub fn of(account: AccountId) -> Option<Self> {
        let email = format!("deleted-{}@deleted.invalid", account.uuid().simple());
        Some(Self {
            email: email.parse().ok()?,
            name: AccountName::neutral(account),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    proptest! {
        #[test]
        fn an_account_is_kept_by_each_obligation_and_by_nothing_else(
            counts in prop::array::uniform4(0..3_u64),
            owes_tab: bool,
            has_role: bool,
        ) {
            let [unpaid_orders, unpaid_sales, sold_tokens, open_disputes] = counts;
            let found = Obligations {
                unpaid_orders,
                owes_tab,
                unpaid_sales,
                sold_tokens,
                open_disputes,
                has_role,
            };
            let keeps = counts.iter().filter(|count| **count > 0).count()
                + usize::from(owes_tab)
                + usize::from(has_role);
            prop_assert_eq!(found.all().len(), keeps);
            prop_assert_eq!(found.all().is_empty(), found == Obligations::default());
        }

        #[test]
        fn what_is_left_of_a_person_tells_nothing_but_the_identifier(id in any::<u128>()) {
            let account = AccountId::from_uuid(Uuid::from_u128(id));
            let nobody = Nobody::of(account).unwrap();
            prop_assert!(nobody.email.as_str().ends_with("@deleted.invalid"));
            prop_assert_eq!(nobody.name, AccountName::neutral(account));
        }
    }
}
