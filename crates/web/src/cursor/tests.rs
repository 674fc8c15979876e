use proptest::prelude::*;

use udam_domain::id::{ListingId, OrderId, TokenId};
use uuid::Uuid;

use super::*;

fn at(sort: Sort, number: i64, rank: f32, id: u128) -> CataloguePosition {
    let id = ListingId::from_uuid(Uuid::from_u128(id));
    match sort {
        Sort::Newest => CataloguePosition::Newest(id),
        Sort::Price | Sort::PriceDescending => CataloguePosition::Price(number, id),
        Sort::Relevance => CataloguePosition::Relevance(rank, id),
    }
}

proptest! {
    #[test]
    fn a_cursor_leads_back_to_its_position_in_its_own_order_only(
        sort in prop::sample::select(SORTS.to_vec()),
        other in prop::sample::select(SORTS.to_vec()),
        number: i64,
        rank in -1.0e30_f32..1.0e30,
        id: u128,
    ) {
        let position = at(sort, number, rank, id);
        let cursor = encode(&position, sort);
        prop_assert_eq!(decode(&cursor, sort), Some(position));
        prop_assert_eq!(decode::<CataloguePosition>(&cursor, other).is_some(), other == sort);
        prop_assert_eq!(decode::<ListingId>(&cursor, ()), None);
    }

    #[test]
    fn a_cursor_of_orders_is_valid_in_lists_of_orders_only(id: u128) {
        let id = OrderId::from_uuid(Uuid::from_u128(id));
        prop_assert_eq!(decode(&encode(&id, ()), ()), Some(id));
        prop_assert_eq!(decode::<TokenId>(&encode(&id, ()), ()), None);
    }

    #[test]
    fn garbage_is_no_cursor(text in ".{0,60}", bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        for sort in SORTS {
            prop_assert_eq!(decode::<CataloguePosition>(&text, sort), None);
            let mut headed = head::<CataloguePosition>(sort).to_vec();
            headed.extend(&bytes);
            let decoded = decode::<CataloguePosition>(&URL_SAFE_NO_PAD.encode(&headed), sort);
            prop_assert!(decoded.is_none() || bytes.len() == CataloguePosition::length(sort));
        }
    }
}

proptest! {
    // Drawing from a pattern is slow.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn every_match_of_the_pattern_is_a_cursor(
        orders in proptest::string::string_regex(&unanchored_pattern::<OrderId>(())).unwrap(),
        prices in proptest::string::string_regex(
            &unanchored_pattern::<CataloguePosition>(Sort::Price),
        ).unwrap(),
    ) {
        prop_assert!(decode::<OrderId>(&orders, ()).is_some(), "{}", orders);
        prop_assert!(decode::<CataloguePosition>(&prices, Sort::Price).is_some());
    }
}

#[test]
fn a_rank_that_is_no_number_is_no_position() {
    let position = at(Sort::Relevance, 0, f32::NAN, 1);
    let cursor = encode(&position, Sort::Relevance);
    assert_eq!(decode::<CataloguePosition>(&cursor, Sort::Relevance), None);
}
