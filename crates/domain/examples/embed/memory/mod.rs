//! All storage ports in memory, under one lock.
//!
//! What a store is for and nothing else: it reads what the rules take, calls them, and writes what they return,
//! all in one step. A step works on a copy of the data, which replaces the data once it has succeeded: what
//! fails half-way has not happened.

mod accounts;
mod alerts;
mod backlog;
mod charges;
mod complaints;
mod data;
mod event_log;
mod events;
mod holds;
mod listing_index;
mod listings;
mod moves;
mod order_reader;
mod orders;
mod reversals;
mod rows;
mod search;
mod tab_reader;
mod tokens;

use std::sync::{Arc, Mutex, PoisonError};

use udam_domain::conformance::Stores;
use udam_domain::policy::OrderPolicy;

use data::Data;

/// A store of everything.
pub(crate) struct MemoryStore {
    policy: OrderPolicy,
    data: Mutex<Data>,
}

impl MemoryStore {
    /// An empty store as each of the storage ports.
    pub(crate) fn stores(policy: OrderPolicy) -> Stores {
        let data = Mutex::default();
        let store = Arc::new(Self { policy, data });
        Stores {
            accounts: store.clone(),
            listings: store.clone(),
            listing_reader: store.clone(),
            listing_index: store.clone(),
            orders: store.clone(),
            order_reader: store.clone(),
            tab_reader: store.clone(),
            tokens: store.clone(),
            token_reader: store.clone(),
            complaints: store.clone(),
            payments: store.clone(),
            backlog: store.clone(),
            alerts: store.clone(),
            event_log: store,
        }
    }

    /// Reads the data.
    fn read<T>(&self, read: impl FnOnce(&Data) -> T) -> T {
        read(&self.data.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the data, whole or not at all.
    fn change<T, E>(&self, change: impl FnOnce(&mut Data) -> Result<T, E>) -> Result<T, E> {
        let mut data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = data.clone();
        let result = change(&mut changed)?;
        *data = changed;
        Ok(result)
    }
}
