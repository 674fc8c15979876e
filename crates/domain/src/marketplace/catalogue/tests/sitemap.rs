use mockall::predicate::eq;

use super::*;

const SIZE: NonZeroU32 = NonZeroU32::MIN.saturating_add(2);

fn over(index: MockListingIndex) -> Catalogue {
    let ports = CataloguePorts {
        index: Arc::new(index),
        ..ports(MockListingStore::new(), MockKeyVault::new())
    };
    Catalogue::new(ports, listing_policy())
}

#[test]
fn a_sitemap_begins_with_the_first_listing_and_goes_on_after_each_boundary() {
    for boundaries in [vec![], vec![listing_id(3), listing_id(6)]] {
        let found = boundaries.clone();
        let mut index = MockListingIndex::new();
        index
            .expect_on_sale_boundaries()
            .with(eq(SIZE))
            .once()
            .returning(move |_| Ok(found.clone()));
        let pages = block_on(over(index).sitemap(SIZE)).unwrap();
        let (first, others) = pages.split_first().unwrap();
        assert_eq!(*first, None);
        let others: Vec<ListingId> = others.iter().map(|after| after.unwrap()).collect();
        assert_eq!(others, boundaries);
    }
}

#[test]
fn a_page_of_a_sitemap_has_the_size_of_its_boundaries() {
    let listed = listing_id(4);
    let mut index = MockListingIndex::new();
    index
        .expect_on_sale()
        .with(eq(Some(listing_id(3))), eq(SIZE.get()))
        .once()
        .returning(move |_, _| Ok(vec![listed]));
    let page = block_on(over(index).sitemap_page(Some(listing_id(3)), SIZE));
    assert_eq!(page.unwrap(), [listed]);
}
