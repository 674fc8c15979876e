//! `GET /healthz`

use anyhow::Result;

use super::assert_ok;

pub(crate) const ROUTES: &[&str] = &["GET /healthz"];

#[tokio::test]
async fn a_running_server_is_alive() -> Result<()> {
    assert_ok("/healthz").await
}
