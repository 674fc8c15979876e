//! `POST /v1/auth/recovery-codes`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MarketBuilder, PASSWORD, add_factor, expect_status};

use super::age_proofs;
use crate::assertions::{assert_fields, assert_no_store, assert_problem};

pub(crate) const ROUTES: &[&str] = &["POST /v1/auth/recovery-codes"];

const PATH: &str = "/v1/auth/recovery-codes";

#[tokio::test]
async fn new_codes_take_a_factor_and_a_recent_proof_and_void_the_old_ones() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let ada = market.sign_up("ada").await?;
    assert_problem(&ada.post_empty(PATH).await?, 403, "second_factor_needed");
    let factors = add_factor(&ada, PASSWORD).await?;
    let replaced = expect_status(factors.client.post_empty(PATH).await?, 201)?;
    assert_no_store(&replaced);
    assert_fields(replaced.json(), &["recovery_codes"]);
    age_proofs(&market).await?;
    assert_problem(
        &factors.client.post_empty(PATH).await?,
        403,
        "step_up_required",
    );
    let old = json!({"recovery_code": factors.recovery_codes[0]});
    let refused = factors.client.post("/v1/auth/step-up", old).await?;
    assert_problem(&refused, 401, "invalid_second_factor");
    let new = json!({"recovery_code": replaced["recovery_codes"][0]});
    expect_status(factors.client.post("/v1/auth/step-up", new).await?, 200)?;
    Ok(())
}
