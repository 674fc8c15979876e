//! `GET /readyz`

use anyhow::Result;
use udam_testkit::Market;

use super::assert_ok;

pub(crate) const ROUTES: &[&str] = &["GET /readyz"];

#[tokio::test]
async fn a_server_with_its_database_is_ready() -> Result<()> {
    assert_ok(&Market::shared().await?.operator(0)?, "/readyz").await
}
