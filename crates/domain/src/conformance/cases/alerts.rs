use super::cases;
use crate::conformance::check::{Checked, equal, some};
use crate::conformance::market::{Market, paid_with};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{at, usd};
use crate::page::{PageLimit, PageRequest};
use crate::payment::{AlertKind, PaymentAlert};
use crate::ports::{AlertNumber, RaisedAlert, ResolveAlert, WhichAlerts};

cases! {
    an_alert_is_raised_once_counted_and_resolved:
        "`raise` counts what is known by kind and subject; one that was resolved is open again.",
    pages_of_alerts_have_each_once_newest_first:
        "`page` returns alerts by number, the highest first.",
    an_event_raises_its_alerts_in_the_same_step:
        "`apply` raises alerts as `raise` does.",
}

async fn open_alerts(market: &Market) -> Checked<Vec<RaisedAlert>> {
    Ok(market.stores.alerts.list(WhichAlerts::Open).await?)
}

async fn an_alert_is_raised_once_counted_and_resolved(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let alerts = &market.stores.alerts;
    let first = PaymentAlert::unreadable_event(&"evt_1");
    let other = PaymentAlert::unreadable_event(&"evt_2");
    equal("new", alerts.raise(&first, at(1)).await?, true)?;
    equal("new", alerts.raise(&other, at(2)).await?, true)?;
    let again = PaymentAlert {
        finding: "it is still so".to_owned(),
        ..first.clone()
    };
    equal("new", alerts.raise(&again, at(3)).await?, false)?;
    let open = open_alerts(&market).await?;
    let found: Vec<_> = open
        .iter()
        .map(|raised| (&raised.alert, raised.count))
        .collect();
    equal("alerts", found, vec![(&again, 2), (&other, 1)])?;
    let known = some("an alert", open.into_iter().next())?;
    let times = (known.first_at, known.last_at, known.resolved_at);
    equal("times", times, (at(1), at(3), None))?;
    for second in [4, 5] {
        let note = format!("It is settled by {second}.");
        let resolved = alerts
            .resolve(resolve(known.number, &note, second)?)
            .await?;
        let resolved = some("an alert", resolved)?;
        let is_now = (resolved.resolved_at, resolved.resolution.as_deref());
        let expected = (Some(at(4)), Some("It is settled by 4."));
        equal("resolved", is_now, expected)?;
    }
    let unknown = alerts
        .resolve(resolve(AlertNumber(i64::MAX), "No such.", 4)?)
        .await?;
    equal("found", unknown, None)?;
    let open: Vec<_> = open_alerts(&market).await?;
    equal("open alerts", open.len(), 1)?;
    let all = alerts.list(WhichAlerts::All).await?;
    let resolved: Vec<_> = all.iter().map(|raised| raised.resolved_at).collect();
    equal("resolved", resolved, vec![Some(at(4)), None])?;
    equal("new", alerts.raise(&first, at(6)).await?, true)?;
    let open = open_alerts(&market).await?;
    let resolutions: Vec<_> = open.iter().map(|raised| &raised.resolution).collect();
    equal("open alerts", resolutions, vec![&None, &None])
}

async fn pages_of_alerts_have_each_once_newest_first(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let alerts = &market.stores.alerts;
    for event in ["evt_1", "evt_2", "evt_3"] {
        let alert = PaymentAlert::unreadable_event(&event);
        alerts.raise(&alert, at(1)).await?;
    }
    let first = open_alerts(&market).await?;
    let first = some("an alert", first.into_iter().next())?;
    alerts.resolve(resolve(first.number, "Done.", 2)?).await?;
    let mut page = PageRequest {
        after: None,
        limit: some("a limit", PageLimit::new(1))?,
    };
    for (which, expected) in [
        (WhichAlerts::All, vec!["evt_3", "evt_2", "evt_1"]),
        (WhichAlerts::Open, vec!["evt_3", "evt_2"]),
    ] {
        let mut found = Vec::new();
        page.after = None;
        loop {
            let read = alerts.page(which, page).await?;
            found.extend(read.items.into_iter().map(|raised| raised.alert.subject));
            page.after = read.next;
            if read.next.is_none() {
                break;
            }
        }
        equal(
            "alerts",
            found,
            expected.into_iter().map(str::to_owned).collect(),
        )?;
    }
    Ok(())
}

pub(super) fn resolve(number: AlertNumber, note: &str, second: i64) -> Checked<ResolveAlert> {
    Ok(ResolveAlert {
        number,
        note: some("a note", note.parse().ok()).map(Some)?,
        by: None,
        at: at(second),
    })
}

async fn an_event_raises_its_alerts_in_the_same_step(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (_, charge) = market.check_out(listing, 1, 1).await?;
    for second in [2, 3] {
        market
            .apply(paid_with(charge.id, usd(9_99)), second)
            .await?;
    }
    let open = open_alerts(&market).await?;
    let found: Vec<_> = open
        .iter()
        .map(|raised| (raised.alert.kind, raised.alert.charge_id, raised.count))
        .collect();
    let expected = vec![(AlertKind::AmountMismatch, Some(charge.id), 2)];
    equal("alerts", found, expected)
}
