//! `POST /v1/auth/logout-everywhere`

use anyhow::Result;
use serde_json::json;
use udam_testkit::MarketBuilder;

use super::{is_alive, sessions};
use crate::assertions::assert_json;

pub(crate) const ROUTES: &[&str] = &["POST /v1/auth/logout-everywhere"];

#[tokio::test]
async fn logging_out_everywhere_ends_every_session_of_the_account_only() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (_, of_ada) = sessions(&market, 3).await?;
    let other = market.sign_up("grace").await?;
    let response = of_ada[1].post_empty("/v1/auth/logout-everywhere").await?;
    assert_json(&response, 200);
    assert_eq!(response.json(), &json!({"ok": true}));
    for session in &of_ada {
        assert!(!is_alive(&market, session).await?);
    }
    assert!(is_alive(&market, &other).await?);
    Ok(())
}
