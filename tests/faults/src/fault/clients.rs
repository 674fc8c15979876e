//! Clients that hang up.

use tokio::time::sleep;
use udam_testkit::SeededRng;

use super::InjectedFault;
use crate::load::LoadControl;

/// For a while, clients close their connections before they get a response.
pub(super) async fn hang_up(rng: &mut SeededRng, control: &LoadControl) -> InjectedFault {
    control.hang_up(true);
    sleep(rng.millis(300..1_000)).await;
    control.hang_up(false);
    InjectedFault::new(String::new())
}
