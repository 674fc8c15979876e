use anyhow::Result;

use super::catalogue::quiet_catalogue;
use super::http::Http;

/// Largest size of a page and its stylesheet together, in bytes, uncompressed.
const MAX_BYTES: usize = 30 * 1024;

#[tokio::test]
async fn a_public_page_with_its_stylesheet_is_small() -> Result<()> {
    let catalogue = quiet_catalogue().await?;
    let visitor = Http::at(catalogue.server.base())?;
    let full = visitor.get("/").await?;
    assert_eq!(full.text.matches("<li class=\"listing\">").count(), 20);
    let listing = format!("/listings/{}", catalogue.listings[0]);
    for path in [
        "/",
        "/?q=forecasts",
        &listing,
        "/login",
        "/register",
        "/demo/race",
        "/nowhere",
    ] {
        let page = visitor.get(path).await?;
        assert_eq!(page.header("content-encoding"), "");
        let style = visitor
            .get(page.between("stylesheet\" href=\"", "\"")?)
            .await?;
        assert_eq!(style.status, 200);
        let (page, style) = (page.text.len(), style.text.len());
        assert!(page + style < MAX_BYTES, "{path}: {page} + {style} bytes");
    }
    Ok(())
}
