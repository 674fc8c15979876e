//! That the time of an answer does not tell whether an address has an account.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Client, MailServer, env_number, unique_email};

use super::{mailing, sign_up_by_mail};

/// Attempts of each kind. `UDAM_TEST_TIMED=400` is the whole measurement.
const ATTEMPTS: u64 = 60;

/// Known and unknown addresses in turns: the times of `known`, and those of `unknown`.
async fn timed(
    attempts: u64,
    known: &[String],
    act: impl AsyncFn(&str) -> Result<u16>,
) -> Result<(Vec<Duration>, Vec<Duration>)> {
    let (mut of_known, mut of_unknown) = (Vec::new(), Vec::new());
    for (attempt, known) in (0..attempts).zip(known.iter().cycle()) {
        let unknown = unique_email("timed-nobody");
        let pair = [(true, known.as_str()), (false, unknown.as_str())];
        let turns = if attempt % 2 == 0 {
            pair
        } else {
            [pair[1], pair[0]]
        };
        let mut statuses = Vec::new();
        for (is_known, email) in turns {
            let start = Instant::now();
            statuses.push(act(email).await?);
            let times = if is_known {
                &mut of_known
            } else {
                &mut of_unknown
            };
            times.push(start.elapsed());
        }
        assert_eq!(statuses[0], statuses[1]);
    }
    Ok((of_known, of_unknown))
}

/// Chance that a known address takes longer than an unknown one: a half if nothing tells them apart. It is the statistic of
/// Mann and Whitney over its largest value.
fn chance(known: &[Duration], unknown: &[Duration]) -> f64 {
    let mut wins = 0.0;
    for one in known {
        for other in unknown {
            wins += match one.cmp(other) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    let pairs = u32::try_from(known.len() * unknown.len()).unwrap();
    wins / f64::from(pairs)
}

/// Four standard deviations of the chance, under the hypothesis that both are alike.
fn tolerance(attempts: u64) -> f64 {
    let attempts = f64::from(u32::try_from(attempts).unwrap());
    let variance = (2.0 * attempts + 1.0) / (12.0 * attempts * attempts);
    4.0 * variance.sqrt()
}

async fn check(name: &str, client: &Client, known: &[String], password: &str) -> Result<()> {
    let attempts = env_number("UDAM_TEST_TIMED").unwrap_or(ATTEMPTS);
    let act = async |email: &str| {
        let answer = match name {
            "login" => client.log_in(email, password).await?,
            "register" => client.register(email, password).await?,
            _ => {
                let body = json!({"email": email});
                client.post("/v1/auth/forgot-password", body).await?
            }
        };
        Ok(answer.status)
    };
    let (of_known, of_unknown) = timed(attempts, known, act).await?;
    let (chance, tolerance) = (chance(&of_known, &of_unknown), tolerance(attempts));
    println!("{name}: {chance:.3}, a half within {tolerance:.3}, of {attempts} each");
    assert!((chance - 0.5).abs() <= tolerance, "{name}: {chance:.3}");
    Ok(())
}

#[tokio::test]
async fn neither_answer_nor_time_tells_a_known_address_from_an_unknown_one() -> Result<()> {
    let mails = MailServer::start().await?;
    let market = mailing(&mails).start().await?;
    let mut known = Vec::new();
    let count = env_number("UDAM_TEST_TIMED").unwrap_or(ATTEMPTS);
    // So many that none is sent as many links as an address may be.
    for _ in 0..count.div_ceil(3) {
        let email = unique_email("timed");
        sign_up_by_mail(&market, &mails, &email).await?;
        known.push(email);
    }
    let client = market.client()?;
    let fresh = "DELETE FROM mails WHERE ended_at IS NOT NULL";
    for name in ["login", "register", "forgot"] {
        market.database.execute(fresh).await?;
        check(name, &client, &known, "a password of nobody").await?;
    }
    Ok(())
}

#[test]
fn the_statistic_tells_what_differs_from_what_does_not() {
    let times = |from: u64| {
        (0..400)
            .map(|n| Duration::from_micros(from + n % 97))
            .collect()
    };
    let (one, same, later): (Vec<_>, Vec<_>, Vec<_>) = (times(0), times(0), times(20));
    assert!((chance(&one, &same) - 0.5).abs() < 0.001);
    assert!((chance(&later, &one) - 0.5).abs() > tolerance(400));
}
