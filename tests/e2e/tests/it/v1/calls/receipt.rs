//! `GET /v1/calls/{id}/receipt`

use anyhow::Result;
use udam_testkit::Market;

use crate::assertions::assert_problem;

pub(crate) const ROUTES: &[&str] = &["GET /v1/calls/{id}/receipt"];

#[tokio::test]
async fn a_call_that_was_not_made_has_no_receipt() -> Result<()> {
    let buyer = Market::shared().await?.sign_up("buyer").await?;
    for id in [
        "cal_01h455vb4pex5vsknk084sn02q",
        "ord_01h455vb4pex5vsknk084sn02q",
        "7",
    ] {
        let receipt = buyer.get(&format!("/v1/calls/{id}/receipt")).await?;
        assert_problem(&receipt, 404, "not_found");
    }
    Ok(())
}
