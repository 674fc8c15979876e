//! How often sessions are opened at the provider.

use crate::time::{RetryAfter, SignedDuration, Timestamp, after, before};

/// Period in which sessions are counted.
pub const SESSION_PERIOD: SignedDuration = SignedDuration::from_hours(1);

/// Decides whether another session may be opened at the provider for who has had some opened at these times, and
/// returns the times to keep, the oldest first. At most `most` are opened in any [`SESSION_PERIOD`]: opening, canceling
/// and opening again would otherwise have the provider called without end.
///
/// # Errors
/// The wait until the next one is opened.
pub fn admit_session(
    opened: &[Timestamp],
    most: u32,
    now: Timestamp,
) -> Result<Vec<Timestamp>, RetryAfter> {
    let since = before(now, SESSION_PERIOD);
    let recent = opened.iter().copied().filter(|at| *at > since);
    let mut recent: Vec<Timestamp> = recent.collect();
    recent.sort_unstable();
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if let Some(place) = recent.len().checked_sub(most) {
        let oldest = recent.get(place).copied().unwrap_or(now);
        return Err(RetryAfter::at(after(oldest, SESSION_PERIOD), now));
    }
    recent.push(now);
    Ok(recent)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::at;

    #[test]
    fn the_next_session_waits_for_the_oldest_to_be_an_hour_old() {
        let opened = [at(0), at(60), at(120)];
        let retry = admit_session(&opened, 3, at(200)).unwrap_err();
        assert_eq!((retry.until, retry.seconds), (at(3_600), 3_400));
        let kept = admit_session(&opened, 3, at(3_600)).unwrap();
        assert_eq!(kept, [at(60), at(120), at(3_600)]);
        assert!(admit_session(&opened, 4, at(200)).is_ok());
    }

    proptest! {
        #[test]
        fn no_hour_has_more_sessions_than_allowed_and_every_wait_is_enough(
            most in 1..8_u32,
            waits in prop::collection::vec(0..2_000_i64, 1..60),
        ) {
            let mut opened = Vec::new();
            let mut all: Vec<i64> = Vec::new();
            let mut now = 0;
            for wait in waits {
                now += wait;
                match admit_session(&opened, most, at(now)) {
                    Ok(kept) => {
                        opened = kept;
                        all.push(now);
                    }
                    Err(retry) => {
                        prop_assert!(retry.until > at(now));
                        prop_assert!(admit_session(&opened, most, retry.until).is_ok());
                    }
                }
                let within = all.iter().filter(|opened| **opened > now - 3_600).count();
                prop_assert!(within <= usize::try_from(most).unwrap());
            }
        }
    }
}
