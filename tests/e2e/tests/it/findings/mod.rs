//! Input that nobody sends by mistake. Each was worth a try, and some were found by throwing dice:
//! whatever comes in, the server says what is wrong with it, and never that it broke.

mod requests;
mod texts;
mod values;

use anyhow::{Result, ensure};
use udam_testkit::Response;

pub(super) fn assert_not_broken(answer: &Response, what: &str) -> Result<()> {
    ensure!(
        answer.status < 500,
        "{what}: {} {}",
        answer.status,
        answer.text
    );
    Ok(())
}
