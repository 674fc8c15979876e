//! `GET /healthz`

use anyhow::Result;
use udam_testkit::Market;

use super::assert_ok;

pub(crate) const ROUTES: &[&str] = &["GET /healthz"];

#[tokio::test]
async fn a_running_server_is_alive() -> Result<()> {
    assert_ok(&Market::shared().await?.client()?, "/healthz").await
}
