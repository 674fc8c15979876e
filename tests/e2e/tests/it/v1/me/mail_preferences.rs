//! `GET /v1/me/mail-preferences` and `PATCH /v1/me/mail-preferences`

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::json;
use udam_testkit::{MailServer, Market, expect_status, unique_email, wait_until, weather_listing};

use crate::assertions::{assert_json, assert_no_store, assert_problem};
use crate::mail::{mailing, sign_up_by_mail};
use crate::setup::publish;

pub(crate) const ROUTES: &[&str] = &[
    "GET /v1/me/mail-preferences",
    "PATCH /v1/me/mail-preferences",
];

const PATH: &str = "/v1/me/mail-preferences";

#[tokio::test]
async fn all_mails_are_wanted_until_some_are_not() -> Result<()> {
    let ada = Market::shared().await?.sign_up("ada").await?;
    let first = ada.get(PATH).await?;
    assert_json(&first, 200);
    assert_no_store(&first);
    let all = json!({
        "sold_out": true, "units_low": true, "tokens_expiring": true, "sale_digest": true,
    });
    assert_eq!(first.json(), &all);
    let off = json!({"sale_digest": false, "units_low": false});
    let edited = expect_status(ada.patch(PATH, off).await?, 200)?;
    let expected = json!({
        "sold_out": true, "units_low": false, "tokens_expiring": true, "sale_digest": false,
    });
    assert_eq!(edited.json(), &expected);
    assert_eq!(ada.patch(PATH, json!({})).await?.json(), &expected);
    let on = json!({"sale_digest": true});
    expect_status(ada.patch(PATH, on).await?, 200)?;
    assert_eq!(ada.get(PATH).await?["sale_digest"], true);
    for wrong in [json!({"units_low": "no"}), json!({"receipts": false})] {
        let refused = ada.patch(PATH, wrong).await?;
        assert_problem(&refused, 422, "invalid_request");
    }
    let other = Market::shared().await?.sign_up("other").await?;
    assert_eq!(other.get(PATH).await?.json(), &all);
    Ok(())
}

#[tokio::test]
async fn the_link_in_a_mail_ends_mails_of_its_kind_without_a_login_and_no_others() -> Result<()> {
    let mails = MailServer::start().await?;
    let market = mailing(&mails).start().await?;
    let email = unique_email("seller");
    let seller = sign_up_by_mail(&market, &mails, &email).await?;
    let buyer = sign_up_by_mail(&market, &mails, &unique_email("buyer")).await?;
    let sell_out = async || {
        let listing = publish(&seller, weather_listing(1)).await?;
        expect_status(buyer.buy(&listing, 1).await?, 201)
    };
    sell_out().await?;
    let told = mails.mail(&email, "has sold out").await?;
    let link = told.header("list-unsubscribe");
    let link = link
        .strip_prefix("<http://market.example.com")
        .and_then(|rest| rest.strip_suffix('>'))
        .context("the header is an address in angle brackets")?;
    assert!(
        told.text
            .contains(&format!("http://market.example.com{link}"))
    );
    // A program that looks at all links of a mail ends nothing.
    let visitor = market.client()?;
    let page = visitor.get(link).await?;
    assert_eq!(page.status, 200);
    assert_eq!(seller.get(PATH).await?["sold_out"], true);
    let one_click = visitor
        .request(Method::POST, link)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("List-Unsubscribe=One-Click");
    assert_eq!(visitor.send(one_click).await?.status, 200);
    assert_eq!(seller.get(PATH).await?["sold_out"], false);
    assert_eq!(seller.get(PATH).await?["sale_digest"], true);
    sell_out().await?;
    wait_until("the mail to be looked at", async || {
        let unwanted = "SELECT count(*) FROM mails
            WHERE kind = 'listing_sold_out' AND outcome = 'not_needed'";
        Ok(market.database.count(unwanted).await? == 1)
    })
    .await?;
    assert!(mails.received().is_empty(), "{:?}", mails.received());
    let forged = link.replace("udam_uns_A", "udam_uns_B");
    let forged = if forged == link {
        format!("{link}A")
    } else {
        forged
    };
    let refused = visitor.send(visitor.request(Method::POST, &forged)).await?;
    assert_eq!(refused.status, 404);
    Ok(())
}
