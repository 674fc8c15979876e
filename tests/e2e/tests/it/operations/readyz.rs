//! `GET /readyz`

use anyhow::Result;

use super::assert_ok;

pub(crate) const ROUTES: &[&str] = &["GET /readyz"];

#[tokio::test]
async fn a_server_with_its_database_is_ready() -> Result<()> {
    assert_ok("/readyz").await
}
