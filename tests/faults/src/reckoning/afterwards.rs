//! Asking when all is over.

use std::time::{Duration, Instant};

use futures::{StreamExt, stream};
use tokio::time::sleep;
use udam_e2e::Client;

use super::ledger::Ledger;
use super::{BOUND, Wrongs};
use crate::fair::Fair;
use crate::load::{Bought, Errand};

/// How many ask at once.
const AT_ONCE: usize = 16;

const PAUSE: Duration = Duration::from_millis(50);

/// How many acknowledged orders are looked up through the API.
const SAMPLES: usize = 4;

/// Asks again, with the same key, for everything that was asked for with one and not answered. What
/// the key had made by then is the answer.
pub(super) async fn ask_again(fair: &Fair, errands: &mut [Errand], before: &Ledger) -> Wrongs {
    let open = errands
        .iter_mut()
        .filter(|errand| errand.key.is_some() && !errand.is_settled());
    let asking = open.map(|errand| ask_until_answered(fair, errand, before));
    let asked = stream::iter(asking).buffer_unordered(AT_ONCE);
    let wrongs: Vec<_> = asked.collect().await;
    wrongs.into_iter().flatten().collect()
}

async fn ask_until_answered(fair: &Fair, errand: &mut Errand, before: &Ledger) -> Option<String> {
    let made = before.made_by(errand);
    let began = Instant::now();
    loop {
        let server = errand.attempts.len().checked_rem(fair.servers.len())?;
        errand.attempts.push(errand.ask(fair, server, None).await);
        if errand.is_settled() || began.elapsed() > BOUND {
            break;
        }
        sleep(PAUSE).await;
    }
    let answer = errand.bought().next();
    match (made, answer) {
        (Some(made), Some(answer)) if made.id == answer.order && answer.replayed => None,
        (Some(made), _) => Some(format!("its key has made {} before: {errand:?}", made.id)),
        (None, _) if errand.is_settled() => None,
        (None, _) => Some(format!("not answered in {BOUND:?}: {errand:?}")),
    }
}

/// Looks some acknowledged orders up, each at another server than the one that acknowledged it, and
/// opens their tokens.
pub(super) async fn look_up(fair: &Fair, errands: &[Errand]) -> Wrongs {
    let mut wrongs = Wrongs::new();
    let step = errands.len().div_euclid(SAMPLES).max(1);
    for errand in errands.iter().step_by(step) {
        let server = errand.attempts.last().map(|attempt| attempt.server);
        let elsewhere = fair.servers.iter().enumerate();
        let mut elsewhere = elsewhere.filter(|(number, _)| Some(*number) != server);
        let buyer = fair.buyers.get(errand.buyer);
        if let (Some(bought), Some(buyer), Some((_, address))) =
            (errand.bought().next(), buyer, elsewhere.next())
        {
            let shown = is_shown(&buyer.at(*address), bought, errand.units).await;
            wrongs.extend((!shown).then(|| format!("not shown elsewhere: {errand:?}")));
        }
    }
    wrongs
}

async fn is_shown(buyer: &Client, bought: &Bought, units: u32) -> bool {
    let order = buyer.get(&format!("/v1/orders/{}", bought.order)).await;
    let shown = order.is_ok_and(|order| {
        order.status == 200 && order["units"] == units && order["token_id"] == *bought.token
    });
    let revealed = buyer.reveal(&bought.token).await;
    shown && revealed.is_ok_and(|token| token["api_key"] == "sk-weather-1")
}
