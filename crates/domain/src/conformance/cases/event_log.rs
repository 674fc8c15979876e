use super::cases;
use crate::conformance::check::{Checked, equal};
use crate::conformance::market::Market;
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::at;
use crate::payment::{EventId, PaymentEventKind};

cases! {
    events_are_unknown_until_they_are_applied:
        "`unknown` returns the ids that `apply` has not recorded.",
    the_latest_position_stands:
        "`read_until` is `None` at first, and then the latest instant that was recorded.",
}

async fn events_are_unknown_until_they_are_applied(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let event = market.event(PaymentEventKind::Other, 1);
    let (known, new) = (event.event.id.clone(), EventId::new("evt_new".to_owned()));
    let ids = [known.clone(), new.clone()];
    let log = &market.stores.event_log;
    let both = ids.clone().into();
    equal("events before", log.unknown(&ids).await?, both)?;
    market.receive(event).await?;
    equal("events after", log.unknown(&ids).await?, [new].into())?;
    equal("of none", log.unknown(&[]).await?, [].into())
}

async fn the_latest_position_stands(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let log = &market.stores.event_log;
    equal("position at first", log.read_until().await?, None)?;
    for (seconds, latest) in [(5, 5), (9, 9), (7, 9)] {
        log.record_read(at(seconds)).await?;
        equal("position", log.read_until().await?, Some(at(latest)))?;
    }
    Ok(())
}
