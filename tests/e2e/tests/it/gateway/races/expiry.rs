//! Times at which access ends by itself, on every server.

use std::time::Duration;

use anyhow::Result;

use super::race::{End, Tally, Track, assert_none_late, now};
use super::{Course, races, racing, rng_of};

/// Most tokens that expire at once.
const TOKENS: u64 = 40;

/// Shortest and longest time for which calls are answered, in milliseconds.
const LIFE: std::ops::Range<u32> = 5..40;

/// Has all tokens expire together, again and again, by this statement, whose parameter is when.
async fn run(what: &str, statement: &str, refusal: (u16, &'static str)) -> Result<()> {
    let course = Course::open(racing()).await?;
    let mut services = vec![course.buyer_of_new_listing().await?];
    for _ in 1..races().min(TOKENS) {
        services.push(course.another(&services[0]).await?);
    }
    let database = course.market.database.connect().await?;
    let mut track = Track::new(&course.market, services.len(), refusal);
    let (mut rng, mut all) = (rng_of(0), Tally::default());
    while all.races < races() {
        let time = now() + rng.millis(LIFE);
        // The database counts in microseconds.
        let micros = time.duration_since(std::time::UNIX_EPOCH)?.as_micros();
        let time = std::time::UNIX_EPOCH + Duration::from_micros(micros.try_into()?);
        database.execute(statement, &[&time]).await?;
        let end = End::Time(time);
        all += track.race(&services, &end, async |_| Ok(())).await?;
        assert_none_late(&course.upstream);
    }
    course.finish(what, all).await
}

#[tokio::test]
async fn no_call_that_begins_once_its_token_has_expired_reaches_the_service() -> Result<()> {
    let statement = "UPDATE tokens SET expires_at = $1";
    run("Expiry", statement, (410, "token_expired")).await
}

#[tokio::test]
async fn no_call_that_begins_once_its_key_has_expired_reaches_the_service() -> Result<()> {
    let statement = "UPDATE access_keys SET expires_at = $1";
    run("KeyExpiry", statement, (401, "invalid_access_key")).await
}
