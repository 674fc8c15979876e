//! Connections that are cut or slowed down.

use tokio::time::sleep;
use udam_testkit::SeededRng;

use super::InjectedFault;
use crate::cluster::Cluster;
use crate::proxy::{Direction, Disconnect, Draw, Point, Proxy, ProxyFault};

/// The statement that ends a transaction.
const COMMIT: &[u8] = b"COMMIT";

/// Most periods of faults. Each draws anew, so that a connection spared by one may fail in the next.
const MAX_PERIODS: u32 = 20;

/// For a while, connections between clients and servers are cut.
pub(super) async fn disconnect_clients(cluster: &Cluster, rng: &mut SeededRng) -> InjectedFault {
    let proxies = cluster.nodes.each_ref().map(|node| &node.proxy);
    let affected = inject(&proxies, rng, of_client).await;
    InjectedFault::with_effect_on(affected, format!("{affected} connections"))
}

/// For a while, connections between servers and PostgreSQL are cut: first around commits, so that the
/// server does not know whether they have happened, then anywhere.
pub(super) async fn disconnect_postgres(cluster: &Cluster, rng: &mut SeededRng) -> InjectedFault {
    let proxy = [&cluster.postgres.proxy];
    let commits = inject(&proxy, rng, around_commit).await;
    let others = inject(&proxy, rng, anywhere).await;
    let detail = format!("{commits} commits, {others} others");
    InjectedFault::with_effect_on(commits.min(others), detail)
}

/// Injects faults for a while, and until at least one has had an effect. Returns the number of connections
/// affected.
async fn inject(proxies: &[&Proxy], rng: &mut SeededRng, draw: Draw) -> usize {
    let (periods, mut affected) = (rng.within(3..7), 0);
    for period in 1..=MAX_PERIODS {
        for proxy in proxies {
            proxy.start_faults(rng.fork(), draw);
        }
        sleep(rng.millis(50..200)).await;
        affected += proxies
            .iter()
            .map(|proxy| proxy.stop_faults())
            .sum::<usize>();
        if period >= periods && affected > 0 {
            break;
        }
    }
    affected
}

/// A request has about 350 bytes and a response about 900. A response that is cut before its first byte
/// matters most, because its order has been placed.
fn of_client(rng: &mut SeededRng) -> Option<ProxyFault> {
    let (nth, byte) = (rng.below(4), rng.below(1_000));
    let point = rng.weighted(&[
        (4, Point::Response { nth, byte: 0 }),
        (2, Point::Response { nth, byte }),
        (2, Point::Byte(Direction::ToServer, byte)),
        (1, Point::Byte(Direction::ToClient, byte.saturating_mul(3))),
    ]);
    delay_or_cut(point, rng)
}

/// The response to a commit has about thirty bytes.
fn around_commit(rng: &mut SeededRng) -> Option<ProxyFault> {
    let byte = rng.below(40);
    let response = |byte| Point::ResponseTo { text: COMMIT, byte };
    let point = rng.weighted(&[
        (2, response(0)),
        (2, response(byte)),
        (1, Point::BeforeRequest(COMMIT)),
    ]);
    cut(point, rng)
}

/// Signing in takes some hundred bytes, and what follows many thousands.
fn anywhere(rng: &mut SeededRng) -> Option<ProxyFault> {
    let (early, late) = (rng.below(600), rng.below(20_000));
    let direction = rng.weighted(&[(1, Direction::ToServer), (2, Direction::ToClient)]);
    let byte = rng.weighted(&[(1, early), (2, late)]);
    delay_or_cut(Point::Byte(direction, byte), rng)
}

fn delay_or_cut(point: Point, rng: &mut SeededRng) -> Option<ProxyFault> {
    let delay = ProxyFault::Delay(rng.millis(1..60));
    let cut = cut(point, rng);
    rng.weighted(&[(9, cut), (1, Some(delay))])
}

/// Most connections are cut at their point; some are spared.
fn cut(point: Point, rng: &mut SeededRng) -> Option<ProxyFault> {
    let silent = Disconnect::Silent(rng.millis(50..1_500));
    let disconnect = rng.weighted(&[(4, Disconnect::Close), (4, Disconnect::Reset), (1, silent)]);
    let is_cut = rng.percent(80);
    is_cut.then_some(ProxyFault::Cut(point, disconnect))
}
