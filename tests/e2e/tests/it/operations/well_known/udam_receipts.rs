//! `GET /.well-known/udam-receipts.json`

use anyhow::Result;
use serde_json::json;
use udam_testkit::Market;

pub(crate) const ROUTES: &[&str] = &["GET /.well-known/udam-receipts.json"];

#[tokio::test]
async fn the_keys_of_receipts_are_public() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let keys = visitor.get("/.well-known/udam-receipts.json").await?;
    assert_eq!(keys.status, 200, "{}", keys.text);
    assert_eq!(keys.header("content-type"), "application/jwk-set+json");
    assert_eq!(keys.header("access-control-allow-origin"), "*");
    let key = &keys["keys"][0];
    assert_eq!(
        (&key["kty"], &key["crv"]),
        (&json!("OKP"), &json!("Ed25519"))
    );
    assert!(
        key["kid"].is_string() && key["x"].is_string(),
        "{}",
        keys.text
    );
    assert!(key.get("d").is_none(), "{}", keys.text);
    Ok(())
}
