use super::ListingDetails;
use crate::time::Timestamp;

/// Times at which a seller last changed what buyers reveal, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ServiceChanges {
    /// Last change of the address of the service; `None` if there was none.
    pub endpoint_at: Option<Timestamp>,
    /// Last replacement of the key; `None` if there was none.
    pub key_at: Option<Timestamp>,
}

impl ServiceChanges {
    /// These changes and that of an edit at `at` which replaces `before` by `after`, and the key if `new_key`.
    #[must_use]
    pub fn edited(
        self,
        before: &ListingDetails,
        after: &ListingDetails,
        new_key: bool,
        at: Timestamp,
    ) -> Self {
        let new_endpoint = before.endpoint_url != after.endpoint_url;
        Self {
            endpoint_at: new_endpoint.then_some(at).or(self.endpoint_at),
            key_at: new_key.then_some(at).or(self.key_at),
        }
    }

    /// Those that a buyer who ordered at `ordered_at` has not seen: what was changed before is what was bought.
    #[must_use]
    pub fn since(self, ordered_at: Timestamp) -> Self {
        let unseen = |at: &Timestamp| *at >= ordered_at;
        Self {
            endpoint_at: self.endpoint_at.filter(unseen),
            key_at: self.key_at.filter(unseen),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::at;
    use crate::mocks::listing_details;

    #[test]
    fn an_edit_dates_what_it_changes_and_leaves_the_other() {
        let before = listing_details();
        let moved = ListingDetails {
            endpoint_url: "https://api.example.com".parse().ok(),
            ..listing_details()
        };
        let changes = ServiceChanges::default().edited(&before, &moved, false, at(10));
        assert_eq!((changes.endpoint_at, changes.key_at), (Some(at(10)), None));
        let changes = changes.edited(&moved, &moved, true, at(20));
        let both = (Some(at(10)), Some(at(20)));
        assert_eq!((changes.endpoint_at, changes.key_at), both);
        assert_eq!(changes.edited(&moved, &moved, false, at(30)), changes);
    }

    proptest! {
        #[test]
        fn a_buyer_learns_of_changes_since_the_order_and_of_no_others(
            endpoint in prop::option::of(0..100_i64),
            key in prop::option::of(0..100_i64),
            ordered in 0..100_i64,
        ) {
            let changes = ServiceChanges { endpoint_at: endpoint.map(at), key_at: key.map(at) };
            let seen = changes.since(at(ordered));
            let expected = |changed: Option<i64>| changed.filter(|changed| *changed >= ordered).map(at);
            prop_assert_eq!(seen.endpoint_at, expected(endpoint));
            prop_assert_eq!(seen.key_at, expected(key));
        }
    }
}
