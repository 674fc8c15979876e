use anyhow::Result;
use udam_browser::html::assert_valid_html;

use super::tour::{Seen, tour};

#[tokio::test]
async fn every_page_is_there_and_comes_with_its_status() -> Result<()> {
    let seen = tour().await?.iter();
    let trouble: Vec<_> = seen.filter_map(|it| it.trouble.as_deref()).collect();
    assert!(trouble.is_empty(), "{}", trouble.join("\n\n"));
    Ok(())
}

#[tokio::test]
async fn everybody_can_use_every_page_in_both_schemes_and_at_every_width() -> Result<()> {
    assert_none(tour().await?, |seen| &seen.barriers);
    Ok(())
}

#[tokio::test]
async fn the_keyboard_comes_to_every_control_and_shows_where_it_is() -> Result<()> {
    assert_none(tour().await?, |seen| &seen.neglected);
    Ok(())
}

#[tokio::test]
async fn no_page_scrolls_sideways() -> Result<()> {
    assert_none(tour().await?, |seen| &seen.overflows);
    Ok(())
}

#[tokio::test]
async fn no_page_does_what_its_policy_forbids() -> Result<()> {
    assert_none(tour().await?, |seen| &seen.complaints);
    Ok(())
}

#[tokio::test]
async fn every_page_is_valid_html() -> Result<()> {
    let seen = tour().await?.iter().filter(|it| it.trouble.is_none());
    let documents: Vec<_> = seen.map(|it| (it.name, it.source.as_str())).collect();
    assert_valid_html(&documents).await
}

fn assert_none(seen: &[Seen], what: impl Fn(&Seen) -> &Vec<String>) {
    let found: Vec<_> = seen.iter().flat_map(|seen| what(seen).clone()).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
