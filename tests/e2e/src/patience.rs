use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Longer than anything takes, even on a machine that is busy with other tests.
pub(crate) const LONGEST: Duration = Duration::from_secs(30);

const POLL: Duration = Duration::from_millis(10);

/// Waits until `look` finds something.
///
/// # Errors
/// When half a minute has passed, or when `look` fails.
pub async fn eventually<T>(
    what: &str,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if began.elapsed() > LONGEST {
            bail!("after {} s still waiting for {what}", LONGEST.as_secs());
        }
        tokio::time::sleep(POLL).await;
    }
}
