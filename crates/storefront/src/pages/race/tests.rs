use actix_web::http::{StatusCode, header};

use super::*;
use crate::Stage;
use crate::testing::TestStore;

fn shown(race: &Race) -> String {
    page(Layout::default(), race, None).render().unwrap()
}

#[actix_web::test]
async fn there_is_no_race_in_production() {
    let page = TestStore::new().get(PATH).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let page = TestStore::new().post_as_visitor(PATH, "").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn anybody_is_offered_one_in_development() {
    let mut store = TestStore::new();
    store.stage = Stage::Development;
    let page = store.get(PATH).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("Start the race"));
    assert!(!page.headers.contains_key(header::REFRESH));
}

#[test]
fn the_page_follows_a_race_until_it_is_over() {
    let mut race = Race {
        phase: Phase::Preparing,
        ..Race::default()
    };
    assert!(shown(&race).contains("data-live=\"/demo/race\""));
    assert!(!shown(&race).contains("<form class=\"row\" method=\"post\""));
    race.phase = Phase::BrokenOff(None);
    assert!(!shown(&race).contains("data-live"));
    assert!(shown(&race).contains("Start the race"));
}
