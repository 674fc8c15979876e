//! `GET /v1/admin/accounts/{id}`

use anyhow::Result;
use udam_testkit::{Market, weather_listing};

use super::super::{act, assert_staff_alone_reads, staff, told};
use crate::assertions::assert_problem;
use crate::setup::{buy_token, seller_with_listing};

pub(crate) const ROUTES: &[&str] = &["GET /v1/admin/accounts/{id}"];

#[tokio::test]
async fn an_account_has_its_tab_its_orders_and_what_was_done_about_it() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let buyer = market.sign_up("told").await?;
    let id = buyer.get("/v1/me").await?.id().to_owned();
    buy_token(&buyer, &listing).await?;
    let operator = staff(market, "operator").await?;
    act(&operator, &format!("/v1/admin/accounts/{id}/suspend")).await?;
    let path = format!("/v1/admin/accounts/{id}");
    let story = operator.get(&path).await?;
    assert_eq!(
        told(&story["history"])[..3],
        ["account_suspended", "order_placed", "logged_in"]
    );
    assert!(story["suspended_at"].is_string() && story["role"].is_null());
    assert_ne!(story["tab"], "0.00");
    let unknown = operator
        .get("/v1/admin/accounts/acc_01h455vb4pex5vsknk084sn02q")
        .await?;
    assert_problem(&unknown, 404, "not_found");
    assert_staff_alone_reads(market, &path).await
}
