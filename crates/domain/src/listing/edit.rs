use super::{
    Description, EndpointUrl, ListingState, Price, SealedKey, ServiceName, UnitDescription,
};
use crate::audit::Actor;
use crate::id::ListingId;
use crate::units::Stock;

/// What becomes of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// It stays.
    #[default]
    Keep,
    /// It becomes this.
    To(T),
}

impl<T> Change<T> {
    /// The new value, if there is one.
    pub fn as_new(&self) -> Option<&T> {
        match self {
            Self::Keep => None,
            Self::To(value) => Some(value),
        }
    }
}

/// What becomes of the units on sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StockChange {
    /// Nothing.
    #[default]
    Keep,
    /// So many more are listed.
    Add(Stock),
    /// So many are available from now on; the difference counts as listed or withdrawn.
    Set(Stock),
}

/// What a seller changes about a listing. The default changes nothing.
#[derive(Debug, Clone)]
pub struct ListingEdit<K> {
    /// What the service is called.
    pub service_name: Change<ServiceName>,
    /// What it does.
    pub description: Change<Option<Description>>,
    /// Where it is reached.
    pub endpoint_url: Change<Option<EndpointUrl>>,
    /// What a unit costs. Orders already placed keep their price.
    pub price_per_unit: Change<Price>,
    /// What a unit is.
    pub unit_description: Change<UnitDescription>,
    /// The units on sale.
    pub stock: StockChange,
    /// Whether it is on sale.
    pub state: Change<ListingState>,
    /// The key in place of the old one: an [`ApiKey`](super::ApiKey) on its way in, a
    /// [`SealedKey`] on its way to storage.
    pub key: Change<K>,
}

/// An edit on its way to storage.
#[derive(Debug, Clone)]
pub struct EditListing {
    /// Which listing.
    pub listing_id: ListingId,
    /// What changes.
    pub edit: ListingEdit<SealedKey>,
    /// Who asks, and when.
    pub seller: Actor,
}

// Derived, it would ask for a default key, and there is no such thing.
impl<K> Default for ListingEdit<K> {
    fn default() -> Self {
        Self {
            service_name: Change::Keep,
            description: Change::Keep,
            endpoint_url: Change::Keep,
            price_per_unit: Change::Keep,
            unit_description: Change::Keep,
            stock: StockChange::Keep,
            state: Change::Keep,
            key: Change::Keep,
        }
    }
}

impl<K> ListingEdit<K> {
    /// The same edit with its key, if it has one, turned into what `seal` makes of it.
    ///
    /// # Errors
    /// Those of `seal`.
    pub fn map_key<S, E>(self, seal: impl FnOnce(K) -> Result<S, E>) -> Result<ListingEdit<S>, E> {
        let key = match self.key {
            Change::Keep => Change::Keep,
            Change::To(key) => Change::To(seal(key)?),
        };
        Ok(ListingEdit {
            service_name: self.service_name,
            description: self.description,
            endpoint_url: self.endpoint_url,
            price_per_unit: self.price_per_unit,
            unit_description: self.unit_description,
            stock: self.stock,
            state: self.state,
            key,
        })
    }
}
