use super::*;

fn shown(race: &RaceState) -> String {
    page("token", race, None).render().unwrap()
}

#[test]
fn a_race_is_offered_before_there_has_been_one() {
    let page = shown(&RaceState::default());
    assert!(page.contains("Start the race"));
    assert!(page.contains("<input type=\"hidden\" name=\"csrf\" value=\"token\">"));
    assert!(!RaceState::default().is_under_way());
}

#[test]
fn the_page_follows_a_race_until_it_is_over() {
    let mut race = RaceState {
        phase: Phase::Preparing,
        ..RaceState::default()
    };
    assert!(shown(&race).contains("data-live=\"/demo/race\""));
    assert!(!shown(&race).contains("<form class=\"row\" method=\"post\""));
    race.phase = Phase::BrokenOff(None);
    assert!(!shown(&race).contains("data-live"));
    assert!(shown(&race).contains("Start the race"));
}
