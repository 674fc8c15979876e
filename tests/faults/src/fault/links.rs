//! Connections end, or stutter.

use tokio::time::sleep;

use super::Blow;
use crate::chance::Chance;
use crate::proxy::{Draw, Manner, Mishap, Point, Proxy, Way};
use crate::town::Town;

/// What a transaction ends with.
const COMMIT: &[u8] = b"COMMIT";

/// Trouble comes in spells, each with other mishaps: whoever is spared by one need not be by the next.
const MOST_SPELLS: u32 = 20;

/// For a while, connections between clients and servers are cut.
pub(super) async fn cut_off_clients(town: &Town, chance: &mut Chance) -> Blow {
    let proxies = town.houses.each_ref().map(|house| &house.proxy);
    let felt = trouble(&proxies, chance, of_client).await;
    Blow::felt(felt, format!("{felt} connections"))
}

/// For a while, connections between servers and PostgreSQL are cut: first beside commits, which
/// leaves the server in the dark about them, then anywhere.
pub(super) async fn cut_off_postgres(town: &Town, chance: &mut Chance) -> Blow {
    let proxy = [&town.postgres.proxy];
    let commits = trouble(&proxy, chance, beside_commit).await;
    let anywhere = trouble(&proxy, chance, anywhere).await;
    let detail = format!("{commits} commits, {anywhere} others");
    Blow::felt(commits.min(anywhere), detail)
}

/// Lets things happen for a while, and until something has. Answers with to how many connections.
async fn trouble(proxies: &[&Proxy], chance: &mut Chance, draw: Draw) -> usize {
    let (spells, mut felt) = (chance.within(3..7), 0);
    for spell in 1..=MOST_SPELLS {
        for proxy in proxies {
            proxy.trouble(chance.fork(), draw);
        }
        sleep(chance.millis(50..200)).await;
        felt += proxies.iter().map(|proxy| proxy.calm()).sum::<usize>();
        if spell >= spells && felt > 0 {
            break;
        }
    }
    felt
}

/// A request is some 350 bytes and an answer some 900; the answer that is cut before it begins is the
/// one that matters most, for the order is there.
fn of_client(chance: &mut Chance) -> Option<Mishap> {
    let (nth, byte) = (chance.below(4), chance.below(1_000));
    let point = chance.weighed(&[
        (4, Point::Answer { nth, byte: 0 }),
        (2, Point::Answer { nth, byte }),
        (2, Point::Byte(Way::Up, byte)),
        (1, Point::Byte(Way::Down, byte.saturating_mul(3))),
    ]);
    stutter_or_end(point, chance)
}

/// The answer to a commit is some thirty bytes.
fn beside_commit(chance: &mut Chance) -> Option<Mishap> {
    let byte = chance.below(40);
    let answer = |byte| Point::AnswerTo { text: COMMIT, byte };
    let point = chance.weighed(&[
        (2, answer(0)),
        (2, answer(byte)),
        (1, Point::Question(COMMIT)),
    ]);
    end(point, chance)
}

/// Signing in takes a few hundred bytes, and what follows many thousands.
fn anywhere(chance: &mut Chance) -> Option<Mishap> {
    let (early, late) = (chance.below(600), chance.below(20_000));
    let way = chance.weighed(&[(1, Way::Up), (2, Way::Down)]);
    let byte = chance.weighed(&[(1, early), (2, late)]);
    stutter_or_end(Point::Byte(way, byte), chance)
}

fn stutter_or_end(point: Point, chance: &mut Chance) -> Option<Mishap> {
    let slow = Mishap::Slow(chance.millis(1..60));
    let end = end(point, chance);
    chance.weighed(&[(9, end), (1, Some(slow))])
}

/// Most connections end at their point; some are spared.
fn end(point: Point, chance: &mut Chance) -> Option<Mishap> {
    let silence = Manner::Silence(chance.millis(50..1_500));
    let manner = chance.weighed(&[(4, Manner::Close), (4, Manner::Reset), (1, silence)]);
    let ends = chance.happens(80);
    ends.then_some(Mishap::Stop(point, manner))
}
