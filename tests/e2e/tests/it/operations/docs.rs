//! `GET /docs`, `GET /docs/{file}`

use anyhow::Result;
use udam_testkit::Market;

#[tokio::test]
async fn the_documentation_is_served_as_html() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let page = visitor.get("/docs").await?;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    for file in [
        "swagger-initializer.js",
        "swagger-ui.css",
        "docs.css",
        "swagger-ui-bundle.js",
    ] {
        assert!(page.text.contains(file), "{file}");
        assert_eq!(
            visitor.get(&format!("/docs/{file}")).await?.status,
            200,
            "{file}"
        );
    }
    for missing in [
        "/docs/nothing",
        "/docs/../openapi.json.bak",
        "/docs/%2e%2e/Cargo.toml",
    ] {
        assert_eq!(visitor.get(missing).await?.status, 404, "{missing}");
    }
    Ok(())
}
