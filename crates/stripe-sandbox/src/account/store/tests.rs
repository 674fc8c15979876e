use super::*;

#[derive(Debug)]
struct Thing(String, i64);

impl StripeObject for Thing {
    const TYPE: &'static str = "thing";

    fn id(&self) -> &str {
        &self.0
    }

    fn created(&self) -> i64 {
        self.1
    }
}

fn five() -> PagedStore<Thing> {
    let mut store = PagedStore::new();
    for number in 1..=5 {
        store.insert(Thing(format!("t{number}"), number));
    }
    store
}

fn request(limit: usize, cursor: Option<Cursor>) -> PageRequest {
    PageRequest {
        limit,
        cursor,
        created: TimeRange::UNBOUNDED,
    }
}

fn listed(request: &PageRequest) -> (Vec<String>, bool) {
    let store = five();
    let page = store.page(request, |thing| thing.0 != "t3").unwrap();
    let ids = page.items.iter().map(|thing| thing.0.clone()).collect();
    (ids, page.has_more)
}

#[test]
fn the_newest_objects_come_first() {
    let (ids, more) = listed(&request(2, None));
    assert_eq!((ids, more), (vec!["t5".into(), "t4".into()], true));
}

#[test]
fn starting_after_continues_with_older_objects() {
    let cursor = Cursor::StartingAfter("t4".into());
    let (ids, more) = listed(&request(2, Some(cursor)));
    assert_eq!((ids, more), (vec!["t2".into(), "t1".into()], false));
}

#[test]
fn ending_before_returns_the_objects_next_to_the_cursor() {
    let cursor = Cursor::EndingBefore("t1".into());
    let (ids, more) = listed(&request(2, Some(cursor)));
    assert_eq!((ids, more), (vec!["t4".into(), "t2".into()], true));
}

#[test]
fn a_time_range_includes_both_ends() {
    let created = TimeRange { from: 2, to: 4 };
    let (ids, _) = listed(&PageRequest {
        created,
        ..request(10, None)
    });
    assert_eq!(ids, ["t4", "t2"]);
}

#[test]
fn a_cursor_with_an_unknown_id_is_rejected() {
    let cursor = Cursor::StartingAfter("t9".into());
    let store = five();
    let error = store.page(&request(2, Some(cursor)), |_| true);
    assert_eq!(
        error.unwrap_err(),
        RequestError::NotFound {
            object_type: "thing",
            id: "t9".into(),
            location: ParamLocation::Parameter("starting_after"),
        }
    );
}
