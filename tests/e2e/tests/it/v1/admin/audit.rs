//! `GET /v1/admin/audit`

use anyhow::Result;
use serde_json::Value;
use udam_testkit::Market;

use super::{act, assert_staff_alone_reads, staff};
use crate::assertions::assert_problem;

pub(crate) const ROUTES: &[&str] = &["GET /v1/admin/audit"];

#[tokio::test]
async fn the_trail_is_searched_page_by_page_and_exported_line_by_line() -> Result<()> {
    let market = Market::shared().await?;
    let user = market.sign_up("audited").await?;
    let id = user.get("/v1/me").await?.id().to_owned();
    let operator = staff(market, "operator").await?;
    for done in ["suspend", "restore", "suspend"] {
        act(&operator, &format!("/v1/admin/accounts/{id}/{done}")).await?;
    }
    let path = format!("/v1/admin/audit?account={id}");
    let all = operator.get(&path).await?;
    let actions: Vec<_> = all
        .items()
        .iter()
        .map(|record| record["action"].as_str())
        .collect();
    let expected = [
        "account_suspended",
        "account_restored",
        "account_suspended",
        "logged_in",
    ];
    assert_eq!(actions, expected.map(Some));
    let mut read = Vec::new();
    let mut page = operator.get(&format!("{path}&limit=1")).await?;
    loop {
        read.extend(page.items().iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        page = operator
            .get(&format!("{path}&limit=1&cursor={cursor}"))
            .await?;
    }
    assert_eq!(&read, all.items());
    let restored = operator
        .get(&format!("{path}&action=account_restored"))
        .await?;
    assert_eq!(restored.items().len(), 1);
    let at = restored.text_at("/data/0/at").to_owned();
    let since = operator.get(&format!("{path}&from={at}")).await?;
    assert_eq!(since.items().len(), 2);
    let until = operator.get(&format!("{path}&to={at}")).await?;
    assert_eq!(until.items().len(), 2);
    let by_parameter = operator.get(&format!("{path}&format=ndjson")).await?;
    let request = operator.request(reqwest::Method::GET, &path);
    let by_header = operator
        .send(request.header("Accept", "application/x-ndjson"))
        .await?;
    for lines in [by_parameter, by_header] {
        assert_eq!(lines.header("content-type"), "application/x-ndjson");
        assert_eq!(lines.header("cache-control"), "no-store");
        let records: Vec<Value> = lines
            .text
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()?;
        assert_eq!(&records, all.items());
    }
    for wrong in [
        "action=unknown",
        "format=csv",
        "from=yesterday",
        "order=lst_1",
    ] {
        let refused = operator.get(&format!("/v1/admin/audit?{wrong}")).await?;
        assert_problem(&refused, 422, "invalid_request");
    }
    assert_staff_alone_reads(market, &path).await
}
