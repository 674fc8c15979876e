//! `GET /openapi.json`

use anyhow::Result;
use udam_testkit::Market;

use crate::assertions::assert_json;

pub(crate) const ROUTES: &[&str] = &["GET /openapi.json"];

#[tokio::test]
async fn the_document_is_json_of_openapi_3_1() -> Result<()> {
    let document = Market::shared()
        .await?
        .client()?
        .get("/openapi.json")
        .await?;
    assert_json(&document, 200);
    assert!(document.text_at("/openapi").starts_with("3.1"));
    Ok(())
}
