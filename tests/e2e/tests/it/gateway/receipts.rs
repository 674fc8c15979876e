//! Receipts of calls, which prove themselves.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Binary, expect_status};

use super::service::one_service;

#[tokio::test]
async fn a_receipt_is_verified_offline() -> Result<()> {
    let (market, _upstream, service) = one_service(5, json!({"units_per_call": 2})).await?;
    let answer = service.call("/rain").await?;
    let id = answer.header("udam-call-id").to_owned();
    service.calls(1).await?;
    let path = format!("/v1/calls/{id}/receipt");
    let receipt = expect_status(service.buyer.get(&path).await?, 200)?;
    assert_eq!(receipt["receipt"]["units"], 2);
    assert_eq!(receipt["receipt"]["id"], id);
    expect_status(service.seller.get(&path).await?, 200)?;
    let stranger = market.sign_up("stranger-of-receipts").await?;
    assert_eq!(stranger.get(&path).await?.status, 404);
    let keys = market
        .client()?
        .get("/.well-known/udam-receipts.json")
        .await?;
    let keys = expect_status(keys, 200)?;

    let folder = tempfile::tempdir()?;
    let (signed, public) = (
        folder.path().join("receipt.json"),
        folder.path().join("keys.json"),
    );
    std::fs::write(&public, &keys.text)?;
    let forged = receipt.text_at("/jws").replacen('.', ".e", 1);
    for (text, valid) in [(receipt.text.as_str(), true), (forged.as_str(), false)] {
        std::fs::write(&signed, text)?;
        let arguments = [
            "receipts",
            "verify",
            signed.to_str().unwrap_or_default(),
            "--keys",
            public.to_str().unwrap_or_default(),
        ];
        let output = Binary::udam()?.run(arguments, [("", ""); 0]).await?;
        assert_eq!(output.code == Some(0), valid, "{output:?}");
    }
    Ok(())
}
