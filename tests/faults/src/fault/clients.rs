//! Clients that do not wait.

use tokio::time::sleep;

use super::Blow;
use crate::chance::Chance;
use crate::load::Mood;

/// For a while, clients close their connections before they are answered.
pub(super) async fn hang_up(chance: &mut Chance, mood: &Mood) -> Blow {
    mood.hang_up(true);
    sleep(chance.millis(300..1_000)).await;
    mood.hang_up(false);
    Blow::certain(String::new())
}
