//! A small market over the stores under test, and the calls that cases make.

mod paying;
mod reading;
mod selling;

pub(super) use paying::{
    by_operator, claim_at, dispute, dispute_of, expired, failed, given_back, paid, paid_with,
    payment_of, sent,
};
pub(super) use selling::sealed;

use super::check::Checked;
use super::stores::{StoreFactory, Stores};
use super::values::{Counting, at, terms, text};
use crate::account::{Account, NewAccount};
use crate::id::AccountId;
use crate::policy::{OrderPolicy, OrderTerms};

/// A seller, two buyers, and the stores.
pub(super) struct Market {
    pub(super) stores: Stores,
    pub(super) policy: OrderPolicy,
    pub(super) seller: AccountId,
    pub(super) buyer: AccountId,
    pub(super) other: AccountId,
    pub(super) ids: Counting,
}

impl Market {
    /// A market that goes by [`terms`].
    pub(super) async fn open(factory: &dyn StoreFactory) -> Checked<Self> {
        Self::with(factory, terms()).await
    }

    pub(super) async fn with(factory: &dyn StoreFactory, terms: OrderTerms) -> Checked<Self> {
        let policy = OrderPolicy::new(terms)?;
        let ids = Counting::default();
        let stores = factory.fresh(policy.clone()).await;
        let [seller, buyer, other] = [(); 3].map(|()| AccountId::mint(at(0), &ids));
        for (id, name) in [(seller, "seller"), (buyer, "buyer"), (other, "other")] {
            let account = new_account(id, name)?;
            stores.accounts.register(account, None).await?;
        }
        Ok(Self {
            stores,
            policy,
            seller,
            buyer,
            other,
            ids,
        })
    }

    /// An account id that no account has.
    pub(super) fn unknown_account(&self) -> AccountId {
        AccountId::mint(at(0), &self.ids)
    }
}

/// An account without a password, with the address `name@example.com`.
pub(super) fn new_account(id: AccountId, name: &str) -> Checked<NewAccount> {
    Ok(NewAccount {
        account: Account {
            id,
            email: text(&format!("{name}@example.com"))?,
            name: text(name)?,
        },
        password_hash: None,
        registered_at: at(0),
    })
}
