//! All listings on sale, for search engines (sitemaps.org).

use std::num::NonZeroU32;

use askama::Template;
use udam_domain::id::ListingId;

use crate::error::PageError;
use crate::request::Request;
use crate::response::{PageResult, revalidated};

/// Most addresses in one file. The format allows 50,000, but each request holds its file in memory until
/// the client has read it.
const SIZE: NonZeroU32 = NonZeroU32::MIN.saturating_add(4_999);

/// The value of `?after=` that names the first of several files.
const FIRST: &str = "start";

const XML: &str = "application/xml; charset=utf-8";

#[derive(Template)]
#[template(path = "sitemap.xml")]
struct Sitemap {
    site: String,
    with_home: bool,
    listings: Vec<ListingId>,
}

#[derive(Template)]
#[template(path = "sitemap_index.xml")]
struct SitemapIndex {
    files: Vec<String>,
}

/// Shows the whole sitemap if one file can hold it, else an index of its files; with `?after=`, one of the
/// files.
pub(crate) async fn show(request: Request) -> PageResult {
    match request.form.value("after") {
        "" => sitemap_or_index(&request).await,
        FIRST => file(&request, None).await,
        after => {
            let after = after.parse().ok().ok_or(PageError::NotFound)?;
            file(&request, Some(after)).await
        }
    }
}

async fn sitemap_or_index(request: &Request) -> PageResult {
    let begin_after = request.marketplace().catalogue.sitemap(SIZE).await?;
    if begin_after.len() <= 1 {
        return file(request, None).await;
    }
    let files = begin_after.into_iter().map(|after| {
        let after = after.map_or_else(|| FIRST.to_owned(), |after| after.to_string());
        request.absolute_url(&format!("/sitemap.xml?after={after}"))
    });
    let index = SitemapIndex {
        files: files.collect(),
    };
    Ok(revalidated(request, XML, index.render()?))
}

async fn file(request: &Request, after: Option<ListingId>) -> PageResult {
    let catalogue = &request.marketplace().catalogue;
    let listings = catalogue.sitemap_page(after, SIZE).await?;
    let sitemap = Sitemap {
        site: request.absolute_url(""),
        with_home: after.is_none(),
        listings,
    };
    Ok(revalidated(request, XML, sitemap.render()?))
}

#[cfg(test)]
mod tests {
    use udam_domain::id::ListingId;

    use crate::testing::TestStore;

    const BOUNDARY: &str = "lst_01h455vb4pex5vsknk084sn02q";

    #[actix_web::test]
    async fn a_small_sitemap_is_a_single_file() {
        let mut store = TestStore::new();
        let index = &mut store.mocks.listing_index;
        index
            .expect_on_sale_boundaries()
            .returning(|_| Ok(Vec::new()));
        index
            .expect_on_sale()
            .withf(|after, limit| after.is_none() && *limit == 5_000)
            .returning(|_, _| Ok(Vec::new()));
        let xml = store.get("/sitemap.xml").await.html;
        assert!(xml.contains("<urlset"), "{xml}");
        assert!(xml.contains("<loc>https://udam.example/</loc>"));
    }

    #[actix_web::test]
    async fn a_large_sitemap_is_an_index_of_files() {
        let mut store = TestStore::new();
        let boundary: ListingId = BOUNDARY.parse().unwrap();
        store
            .mocks
            .listing_index
            .expect_on_sale_boundaries()
            .returning(move |_| Ok(vec![boundary]));
        let xml = store.get("/sitemap.xml").await.html;
        for after in ["start", BOUNDARY] {
            let file = format!("<loc>https://udam.example/sitemap.xml?after={after}</loc>");
            assert!(xml.contains(&file), "{xml}");
        }
    }
}
