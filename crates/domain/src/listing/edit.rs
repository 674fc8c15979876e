use super::{Change, DetailsEdit, ListingState, SealedKey};
use crate::audit::Actor;
use crate::id::ListingId;
use crate::policy::Endpoints;
use crate::time::Timestamp;
use crate::units::Stock;

/// A change of the number of units on sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StockChange {
    /// It stays.
    #[default]
    Keep,
    /// This many units more.
    Add(Stock),
    /// This many units are available from now on; the difference counts as listed or withdrawn.
    Set(Stock),
}

impl StockChange {
    /// The units that are listed (if positive) or withdrawn (if negative) by this change, for a listing of
    /// which `listed` units exist and `available` are on sale. `None` if the listing would have more than
    /// [`Stock::MAX`] units: those held and sold may come back, and must find room then.
    #[must_use]
    pub fn delta(self, listed: Stock, available: Stock) -> Option<i64> {
        let [listed, available] = [listed, available].map(|stock| i64::from(stock.get()));
        let delta = match self {
            Self::Keep => 0,
            Self::Add(more) => i64::from(more.get()),
            Self::Set(wanted) => i64::from(wanted.get()).saturating_sub(available),
        };
        let most = i64::from(Stock::MAX.get()).saturating_sub(listed);
        (delta <= 0 || delta <= most).then_some(delta)
    }
}

/// An edit of a listing. The default changes nothing.
#[derive(Debug, Clone)]
pub struct ListingEdit<K> {
    /// Description, price and address of the service, and terms of its orders.
    pub details: DetailsEdit,
    /// Number of units on sale.
    pub stock: StockChange,
    /// State of the listing.
    pub state: Change<ListingState>,
    /// Key that replaces the old one: an [`ApiKey`](super::ApiKey) on its way in, a
    /// [`SealedKey`] on its way to storage.
    pub key: Change<K>,
}

/// An edit on its way to storage.
#[derive(Debug, Clone)]
pub struct EditListing {
    /// The listing.
    pub listing_id: ListingId,
    /// The changes.
    pub edit: ListingEdit<SealedKey>,
    /// Key, the edit's or the listing's, that [can be called with](super::check_callable_key); `None` = none is known to be.
    pub callable_key: Option<SealedKey>,
    /// The acting account, which must be its seller.
    pub seller: Actor,
    /// Addresses that services may have.
    pub endpoints: Endpoints,
    /// Time of the request.
    pub at: Timestamp,
}

// Derived, it would ask for a default key, and there is no such thing.
impl<K> Default for ListingEdit<K> {
    fn default() -> Self {
        Self {
            details: DetailsEdit::default(),
            stock: StockChange::Keep,
            state: Change::Keep,
            key: Change::Keep,
        }
    }
}

impl<K> ListingEdit<K> {
    /// Whether anything but the stock changes.
    #[must_use]
    pub fn changes_terms(&self) -> bool {
        self.details != DetailsEdit::default()
            || self.state.as_new().is_some()
            || self.key.as_new().is_some()
    }

    /// The same edit with its key, if it has one, replaced by what `seal` returns for it.
    ///
    /// # Errors
    /// Those of `seal`.
    pub async fn map_key<S, E>(
        self,
        seal: impl AsyncFnOnce(K) -> Result<S, E>,
    ) -> Result<ListingEdit<S>, E> {
        let key = match self.key {
            Change::Keep => Change::Keep,
            Change::To(key) => Change::To(seal(key).await?),
        };
        Ok(ListingEdit {
            details: self.details,
            stock: self.stock,
            state: self.state,
            key,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::stock;

    #[test]
    fn a_change_of_stock_leaves_units_held_and_sold_alone() {
        let (listed, available) = (stock(100), stock(60));
        for (change, delta) in [
            (StockChange::Keep, 0),
            (StockChange::Add(stock(5)), 5),
            (StockChange::Set(stock(8)), -52),
            (StockChange::Set(stock(0)), -60),
            (StockChange::Set(stock(60)), 0),
            (StockChange::Set(stock(70)), 10),
        ] {
            assert_eq!(change.delta(listed, available), Some(delta), "{change:?}");
        }
    }

    #[test]
    fn a_listing_never_exceeds_the_maximum_stock() {
        let (listed, none) = (stock(100), stock(0));
        let room = i64::from(Stock::MAX.get()) - 100;
        assert_eq!(
            StockChange::Add(stock(room)).delta(listed, none),
            Some(room)
        );
        assert_eq!(StockChange::Add(stock(room + 1)).delta(listed, none), None);
        assert_eq!(
            StockChange::Set(stock(room)).delta(listed, none),
            Some(room)
        );
        assert_eq!(StockChange::Set(Stock::MAX).delta(listed, none), None);
        // Full already, and still units can be withdrawn.
        assert_eq!(StockChange::Set(none).delta(Stock::MAX, stock(7)), Some(-7));
        assert_eq!(StockChange::Keep.delta(Stock::MAX, none), Some(0));
    }

    #[test]
    fn only_the_stock_is_no_term() {
        let stock_only: ListingEdit<()> = ListingEdit {
            stock: StockChange::Add(stock(1)),
            ..ListingEdit::default()
        };
        assert!(!stock_only.changes_terms());
        let edits: [ListingEdit<()>; 4] = [
            ListingEdit {
                details: DetailsEdit {
                    description: Change::To(None),
                    ..DetailsEdit::default()
                },
                ..ListingEdit::default()
            },
            ListingEdit {
                details: DetailsEdit {
                    endpoint_url: Change::To(None),
                    ..DetailsEdit::default()
                },
                ..ListingEdit::default()
            },
            ListingEdit {
                state: Change::To(ListingState::Paused),
                ..ListingEdit::default()
            },
            ListingEdit {
                key: Change::To(()),
                ..ListingEdit::default()
            },
        ];
        assert!(edits.iter().all(ListingEdit::changes_terms));
    }
}
