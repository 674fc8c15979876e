//! All that is on sale, for search engines (sitemaps.org).

use std::num::NonZeroU32;

use askama::Template;
use udam_domain::id::ListingId;

use crate::answer::{Answer, render, shared};
use crate::trouble::Trouble;
use crate::visit::Visit;

/// How many addresses one file holds. It may be 50,000, but one file is made in memory for each who asks,
/// and held until the slowest of them has read it.
const SIZE: NonZeroU32 = NonZeroU32::MIN.saturating_add(4_999);

/// What the first of several files is asked for by.
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

/// All of it if one file can hold it, else which files there are; with `?after=`, one of these.
pub(crate) async fn show(visit: Visit) -> Answer {
    match visit.form.value("after") {
        "" => whole(&visit).await,
        FIRST => file(&visit, None).await,
        after => {
            let after = after.parse().ok().ok_or(Trouble::NotFound)?;
            file(&visit, Some(after)).await
        }
    }
}

async fn whole(visit: &Visit) -> Answer {
    let begin_after = visit.marketplace().catalogue.sitemap(SIZE).await?;
    if begin_after.len() <= 1 {
        return file(visit, None).await;
    }
    let files = begin_after.into_iter().map(|after| {
        let after = after.map_or_else(|| FIRST.to_owned(), |after| after.to_string());
        visit.absolute(&format!("/sitemap.xml?after={after}"))
    });
    let index = SitemapIndex {
        files: files.collect(),
    };
    Ok(shared(visit, XML, render(&index)?))
}

async fn file(visit: &Visit, after: Option<ListingId>) -> Answer {
    let catalogue = &visit.marketplace().catalogue;
    let listings = catalogue.sitemap_page(after, SIZE).await?;
    let sitemap = Sitemap {
        site: visit.absolute(""),
        with_home: after.is_none(),
        listings,
    };
    Ok(shared(visit, XML, render(&sitemap)?))
}

#[cfg(test)]
mod tests {
    use udam_domain::id::ListingId;

    use crate::testing::TestStore;

    const BOUNDARY: &str = "lst_01h455vb4pex5vsknk084sn02q";

    #[actix_web::test]
    async fn what_one_file_holds_is_one_file() {
        let mut store = TestStore::new();
        let index = &mut store.index;
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
    async fn what_does_not_fit_is_told_file_by_file() {
        let mut store = TestStore::new();
        let boundary: ListingId = BOUNDARY.parse().unwrap();
        store
            .index
            .expect_on_sale_boundaries()
            .returning(move |_| Ok(vec![boundary]));
        let xml = store.get("/sitemap.xml").await.html;
        for after in ["start", BOUNDARY] {
            let file = format!("<loc>https://udam.example/sitemap.xml?after={after}</loc>");
            assert!(xml.contains(&file), "{xml}");
        }
    }
}
