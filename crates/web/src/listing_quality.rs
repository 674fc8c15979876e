use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use udam_domain::gateway::CallQuality;
use udam_domain::id::ListingId;
use udam_domain::listing::Listing;
use udam_domain::time::{SignedDuration, Timestamp, before};
use udam_domain::{Marketplace, StoreError};

/// Measured quality of services, as anyone may see it, read anew every half a minute at most: it sums up the calls of
/// seven days.
#[derive(Debug, Default)]
pub struct ListingQuality {
    measured: Mutex<HashMap<ListingId, Measured>>,
}

#[derive(Debug, Clone, Copy)]
struct Measured {
    quality: Option<CallQuality>,
    at: Timestamp,
}

impl Measured {
    /// Time for which a quality is shown without measuring it again.
    const SHOWN_FOR: SignedDuration = SignedDuration::from_secs(30);

    /// The same for a service of too few calls, which are counted fast.
    const UNPUBLISHED_FOR: SignedDuration = SignedDuration::from_secs(2);

    fn is_fresh(&self, now: Timestamp) -> bool {
        let shown_for = match self.quality {
            Some(_) => Self::SHOWN_FOR,
            None => Self::UNPUBLISHED_FOR,
        };
        self.at > before(now, shown_for)
    }
}

impl ListingQuality {
    /// Most listings that are remembered at once.
    const MOST: usize = 10_000;

    /// The quality of a listing's service; `None` of one that is not sold through the gateway, or has too few calls.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn of(
        &self,
        marketplace: &Marketplace,
        listing: &Listing,
    ) -> Result<Option<CallQuality>, StoreError> {
        let gateway = marketplace.gateway.as_ref();
        let Some(gateway) = gateway.filter(|_| listing.details.gateway.is_some()) else {
            return Ok(None);
        };
        let now = marketplace.clock.now();
        if let Some(quality) = self.remembered(listing.id, now) {
            return Ok(quality);
        }
        let quality = gateway.reader.quality(listing.id, now).await?.published();
        self.remember(listing.id, Measured { quality, at: now });
        Ok(quality)
    }

    #[expect(
        clippy::option_option,
        reason = "whether it is remembered, and whether there is one"
    )]
    fn remembered(&self, listing: ListingId, now: Timestamp) -> Option<Option<CallQuality>> {
        let measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        let measured = measured.get(&listing)?;
        measured.is_fresh(now).then_some(measured.quality)
    }

    fn remember(&self, listing: ListingId, new: Measured) {
        let mut measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        if measured.len() >= Self::MOST {
            measured.retain(|_, known| known.is_fresh(new.at));
        }
        if measured.len() < Self::MOST {
            measured.insert(listing, new);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use udam_domain::gateway::GatewayTerms;
    use udam_domain::mocks::{FixedClock, MockGateway, MockPorts, account_id, listing};

    use super::*;

    fn sold_through_the_gateway() -> Listing {
        let mut listing = listing(9, account_id(1));
        listing.details.gateway = Some(GatewayTerms::default());
        listing
    }

    /// A marketplace whose service has this many calls, and is measured so often.
    fn marketplace(calls: u64, measurements: usize) -> (Marketplace, Arc<FixedClock>) {
        let mut gateway = MockGateway::default();
        let quality = CallQuality {
            calls,
            successes: calls,
            p50: Duration::from_millis(20),
            p95: Duration::from_millis(90),
        };
        gateway
            .reader
            .expect_quality()
            .times(measurements)
            .returning(move |_, _| Ok(quality));
        let clock = Arc::new(FixedClock::default());
        let ports = MockPorts {
            gateway: Some(gateway),
            clock: clock.clone(),
            ..MockPorts::default()
        };
        (ports.into_marketplace(), clock)
    }

    #[tokio::test]
    async fn a_quality_is_measured_again_once_it_is_half_a_minute_old() {
        let (marketplace, clock) = marketplace(100, 2);
        let (quality, listing) = (ListingQuality::default(), sold_through_the_gateway());
        for seconds in [0, 15, 14, 1] {
            clock.advance(SignedDuration::from_secs(seconds));
            let shown = quality.of(&marketplace, &listing).await.unwrap();
            assert_eq!(shown.unwrap().calls, 100);
        }
    }

    #[tokio::test]
    async fn too_few_calls_show_no_quality_and_are_soon_counted_again() {
        let (marketplace, clock) = marketplace(99, 2);
        let (quality, listing) = (ListingQuality::default(), sold_through_the_gateway());
        for seconds in [0, 1, 1] {
            clock.advance(SignedDuration::from_secs(seconds));
            assert_eq!(quality.of(&marketplace, &listing).await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn a_listing_that_shows_its_key_has_no_quality() {
        let (marketplace, _clock) = marketplace(100, 0);
        let shown = ListingQuality::default();
        let listing = listing(9, account_id(1));
        assert_eq!(shown.of(&marketplace, &listing).await.unwrap(), None);
    }
}
