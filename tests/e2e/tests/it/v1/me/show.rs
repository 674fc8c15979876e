//! `GET /v1/me`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, PASSWORD, unique_email};

use crate::assertions::{assert_json, assert_no_store};

pub(crate) const ROUTES: &[&str] = &["GET /v1/me"];

#[tokio::test]
async fn the_signed_in_account_is_the_one_that_was_registered() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada");
    let body = json!({"email": email, "password": PASSWORD, "name": "Ada Lovelace"});
    let registered = visitor.post("/v1/auth/register", body).await?;
    let ada = visitor.with_session(registered.text_at("/session_token"));
    let me = ada.get("/v1/me").await?;
    assert_json(&me, 200);
    assert_no_store(&me);
    assert_eq!(me.json(), &registered["user"]);
    Ok(())
}
