//! Scripts of another site.

use anyhow::Result;
use serde_json::json;
use udam_browser::{Browser, Device};

use super::catalogue::quiet_catalogue;
use crate::site::{document, serve};

#[tokio::test]
async fn a_script_of_another_site_reads_the_catalogue_and_nothing_of_an_account() -> Result<()> {
    let market = quiet_catalogue().await?.server.base();
    let page = document("<p>A page of another site</p>");
    let site = serve(vec![("/", "200 OK", "default-src *", page)])?;
    let browser = Browser::start(&site, Device::DESKTOP).await?;
    browser.open("/").await?;
    let script = format!(
        r#"const ask = async (path, options) => {{
          try {{
            const response = await fetch("{market}" + path, options);
            const body = await response.json();
            return [response.status, response.headers.get("x-request-id")?.length, body.code ?? null];
          }} catch (error) {{
            return error.name;
          }}
        }};
        const json = {{"Content-Type": "application/json"}};
        return (async () => ({{
          catalogue: await ask("/v1/listings"),
          document: await ask("/openapi.json"),
          missing: await ask("/v1/listings/lst_01h455vb4pex5vsknk084sn02q"),
          named: await ask("/v1/listings", {{headers: {{"X-Request-Id": "a-script"}}}}),
          withSession: await ask("/v1/listings", {{headers: {{Authorization: "Bearer udam_ses_x"}}}}),
          withCookies: await ask("/v1/listings", {{credentials: "include"}}),
          account: await ask("/v1/tab"),
          login: await ask("/v1/auth/login", {{method: "POST", headers: json, body: "{{}}"}}),
          write: await ask("/v1/listings", {{method: "POST", headers: json, body: "{{}}"}}),
          page: await ask("/login"),
        }}))();"#
    );
    let found = browser.run(&script).await?;
    let expected = json!({
        "catalogue": [200, 32, null],
        "document": [200, 32, null],
        "missing": [404, 32, "not_found"],
        "named": [200, 8, null],
        "withSession": "TypeError",
        "withCookies": "TypeError",
        "account": "TypeError",
        "login": "TypeError",
        "write": "TypeError",
        "page": "TypeError",
    });
    assert_eq!(found, expected);
    Ok(())
}
