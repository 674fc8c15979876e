use anyhow::Result;

use super::fair::fair;
use super::http::Http;

/// What a page and its stylesheet may weigh together, in bytes, before anything is compressed.
const MOST: usize = 30 * 1024;

#[tokio::test]
async fn a_public_page_with_its_stylesheet_is_light() -> Result<()> {
    let fair = fair().await?;
    let visitor = Http::at(fair.shop.base())?;
    let full = visitor.get("/").await?;
    assert_eq!(full.text.matches("<li class=\"listing\">").count(), 20);
    let listing = format!("/listings/{}", fair.listings[0]);
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
        assert!(page + style < MOST, "{path}: {page} + {style} bytes");
    }
    Ok(())
}
