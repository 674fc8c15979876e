use super::*;

#[derive(Debug)]
struct Thing(String, i64);

impl Keyed for Thing {
    const KIND: &'static str = "thing";

    fn id(&self) -> &str {
        &self.0
    }

    fn created(&self) -> i64 {
        self.1
    }
}

fn five() -> Shelf<Thing> {
    let mut shelf = Shelf::new();
    for number in 1..=5 {
        shelf.put(Thing(format!("t{number}"), number));
    }
    shelf
}

fn window(limit: usize, cursor: Option<Cursor>) -> Window {
    Window {
        limit,
        cursor,
        created: Span::ALWAYS,
    }
}

fn listed(window: &Window) -> (Vec<String>, bool) {
    let shelf = five();
    let excerpt = shelf.excerpt(window, |thing| thing.0 != "t3").unwrap();
    let ids = excerpt.items.iter().map(|thing| thing.0.clone()).collect();
    (ids, excerpt.has_more)
}

#[test]
fn the_newest_come_first() {
    let (ids, more) = listed(&window(2, None));
    assert_eq!((ids, more), (vec!["t5".into(), "t4".into()], true));
}

#[test]
fn a_list_goes_on_where_it_stopped() {
    let cursor = Cursor::StartingAfter("t4".into());
    let (ids, more) = listed(&window(2, Some(cursor)));
    assert_eq!((ids, more), (vec!["t2".into(), "t1".into()], false));
}

#[test]
fn a_list_goes_back_to_what_is_next_to_the_cursor() {
    let cursor = Cursor::EndingBefore("t1".into());
    let (ids, more) = listed(&window(2, Some(cursor)));
    assert_eq!((ids, more), (vec!["t4".into(), "t2".into()], true));
}

#[test]
fn a_span_includes_both_ends() {
    let created = Span { from: 2, to: 4 };
    let (ids, _) = listed(&Window {
        created,
        ..window(10, None)
    });
    assert_eq!(ids, ["t4", "t2"]);
}

#[test]
fn a_cursor_that_points_nowhere_is_refused() {
    let cursor = Cursor::StartingAfter("t9".into());
    let shelf = five();
    let refusal = shelf.excerpt(&window(2, Some(cursor)), |_| true);
    assert_eq!(
        refusal.unwrap_err(),
        Refusal::NotFound {
            kind: "thing",
            id: "t9".into(),
            place: Place::Parameter("starting_after"),
        }
    );
}
