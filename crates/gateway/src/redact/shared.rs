use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use udam_domain::id::ListingId;

use super::{Known, Secrets};

/// Listings after which those without a call are looked for and left out.
const FEWEST: usize = 64;

/// The secrets of services that are being called. All calls of a service share them: the forms of a long key are many. With the
/// last call they are gone.
#[derive(Default)]
pub(crate) struct SharedSecrets(Mutex<Services>);

#[derive(Default)]
struct Services {
    by_listing: HashMap<ListingId, Weak<Known>>,
    most: usize,
}

impl SharedSecrets {
    /// The secrets of a service with this key, which it receives in this credential.
    pub(crate) fn of(&self, listing: ListingId, key: &str, credential: &str) -> Secrets {
        let mut services = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = services.by_listing.get(&listing).and_then(Weak::upgrade);
        // Its seller may have changed it.
        let known = known.filter(|known| *known.key == key && *known.credential == credential);
        if let Some(known) = known {
            return Secrets(known);
        }
        let made = Secrets::of(key, credential);
        services.insert(listing, &made);
        made
    }
}

impl Services {
    fn insert(&mut self, listing: ListingId, Secrets(known): &Secrets) {
        if self.by_listing.len() >= self.most.max(FEWEST) {
            self.by_listing.retain(|_, known| known.strong_count() > 0);
            self.most = self.by_listing.len() * 2;
        }
        self.by_listing.insert(listing, Arc::downgrade(known));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(number: u128) -> ListingId {
        ListingId::from_uuid(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn calls_of_a_service_share_its_secrets_until_the_key_changes() {
        let shared = SharedSecrets::default();
        let first = shared.of(listing(1), "sk_1", "YTpza18x");
        assert!(Arc::ptr_eq(
            &first.0,
            &shared.of(listing(1), "sk_1", "YTpza18x").0
        ));
        let changed = shared.of(listing(1), "sk_2", "");
        assert!(!Arc::ptr_eq(&first.0, &changed.0));
        assert_eq!(first.redact(b"YTpza18x sk_1").unwrap(), b"******** ****");
        assert_eq!(changed.redact(b"YTpza18x sk_1"), None);
    }

    #[test]
    fn services_without_a_call_are_forgotten() {
        let shared = SharedSecrets::default();
        let called: Vec<_> = (0..10).map(|n| shared.of(listing(n), "sk", "")).collect();
        for n in 10..10_000 {
            shared.of(listing(n), "sk", "");
        }
        let known = shared.0.lock().unwrap().by_listing.len();
        assert!((called.len()..=FEWEST).contains(&known), "{known}");
    }
}
