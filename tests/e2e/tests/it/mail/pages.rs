//! The pages behind links, as a browser without scripts uses them.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Url};
use udam_testkit::{MailServer, PASSWORD, unique_email};

use super::mailing;

/// A browser with the cookies of one visitor, which follows no redirection.
struct Browser {
    http: Client,
    base: String,
    cookies: Vec<String>,
}

/// What it is shown.
struct Page {
    status: u16,
    text: String,
    location: String,
}

impl Browser {
    fn at(address: SocketAddr) -> Result<Self> {
        let http = Client::builder().no_proxy().redirect(Policy::none());
        Ok(Self {
            http: http.build()?,
            base: format!("http://{address}"),
            cookies: Vec::new(),
        })
    }

    async fn send(&mut self, request: RequestBuilder) -> Result<Page> {
        let request = request.header("Cookie", self.cookies.join("; "));
        let response = request.send().await?;
        for cookie in response.headers().get_all("set-cookie") {
            let text = cookie.to_str()?;
            let pair = text.split(';').next().unwrap_or_default().to_owned();
            let name = pair.split('=').next().unwrap_or_default().to_owned();
            self.cookies
                .retain(|known| !known.starts_with(&format!("{name}=")));
            if !text.contains("Max-Age=0") {
                self.cookies.push(pair);
            }
        }
        let location = response.headers().get("location");
        Ok(Page {
            status: response.status().as_u16(),
            location: location.map_or(Ok(""), |path| path.to_str())?.to_owned(),
            text: response.text().await?,
        })
    }

    async fn open(&mut self, path: &str) -> Result<Page> {
        let request = self.http.get(format!("{}{path}", self.base));
        self.send(request).await
    }

    /// Opens a page and submits its form, with its hidden fields.
    async fn submit(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Result<Page> {
        let shown = self.open(page).await?;
        ensure!(shown.status == 200, "{page}: {}", shown.status);
        let csrf = hidden(&shown.text, "csrf").context("no token")?;
        let link = hidden(&shown.text, "link");
        let mut form = vec![("csrf", csrf.as_str())];
        form.extend(link.as_deref().map(|link| ("link", link)));
        form.extend(fields);
        let form = Url::parse_with_params("http://form.example.com/", &form)?;
        let form = form.query().unwrap_or_default().to_owned();
        let request = self.http.post(format!("{}{path}", self.base)).body(form);
        let request = request
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Sec-Fetch-Site", "same-origin");
        self.send(request).await
    }
}

fn hidden(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    Some(rest.split('"').next()?.to_owned())
}

#[tokio::test]
async fn a_person_registers_verifies_forgets_the_password_and_resets_it() -> Result<()> {
    let mails = MailServer::start().await?;
    let market = mailing(&mails).start().await?;
    let mut browser = Browser::at(market.address(0))?;
    let email = unique_email("person");
    let fields = [
        ("email", email.as_str()),
        ("name", "Ada"),
        ("password", PASSWORD),
    ];
    let registered = browser.submit("/register", "/register", &fields).await?;
    assert_eq!(registered.status, 202);
    assert!(registered.text.contains("Check your mail"));
    let log_in = [("email", email.as_str()), ("password", PASSWORD)];
    let refused = browser.submit("/login", "/login", &log_in).await?;
    assert_eq!(refused.status, 422);

    let mail = mails.mail(&email, "Confirm your registration").await?;
    let link = mail.link()?.to_owned();
    // Following a link uses nothing.
    for _ in 0..2 {
        assert!(browser.open(&link).await?.text.contains(&email));
    }
    let verified = browser.submit(&link, "/verify-email", &[]).await?;
    assert_eq!(verified.location, "/login?done=verified");
    assert!(browser.open(&link).await?.text.contains("cannot be used"));
    let opened = browser.submit("/login", "/login", &log_in).await?;
    assert_eq!(opened.status, 303);
    let account = browser.open("/account").await?;
    assert!(account.text.contains(&email) && !account.text.contains("Not verified"));

    let asked = [("email", email.as_str())];
    let asked = browser
        .submit("/forgot-password", "/forgot-password", &asked)
        .await?;
    assert!(asked.text.contains("is on its way"), "{}", asked.text);
    let mail = mails.mail(&email, "Choose a new password").await?;
    let link = mail.link()?.to_owned();
    let weak = browser
        .submit(&link, "/reset-password", &[("password", "password")])
        .await?;
    assert_eq!(weak.status, 422);
    let new = "wrong pony capacitor nail";
    let reset = browser
        .submit(&link, "/reset-password", &[("password", new)])
        .await?;
    assert_eq!(reset.location, "/login?done=reset");
    assert_eq!(browser.open("/account").await?.status, 303);
    let log_in = [("email", email.as_str()), ("password", new)];
    let opened = browser.submit("/login", "/login", &log_in).await?;
    assert_eq!(opened.status, 303);
    Ok(())
}

#[tokio::test]
async fn an_account_from_before_is_verified_before_it_sells() -> Result<()> {
    let mails = MailServer::start().await?;
    let builder = mailing(&mails);
    let market = udam_testkit::MarketBuilder::new().start().await?;
    let email = unique_email("before");
    let visitor = market.client()?;
    visitor.register(&email, PASSWORD).await?;
    let server = builder.start_server(&market.database).await?;
    let client = visitor.at(server.address());
    let opened = client.log_in(&email, PASSWORD).await?;
    let client = client.with_session(opened.text_at("/session_token"));
    let publish = async || client.publish(udam_testkit::weather_listing(10)).await;
    let refused = publish().await?;
    assert_eq!(
        (refused.status, refused.text_at("/code")),
        (403, "email_unverified")
    );
    let (_seller, listing) =
        crate::setup::seller_with_listing(&market, udam_testkit::weather_listing(10)).await?;
    let bought = client.buy(&listing, 1).await?;
    // Nothing takes payments here: without a tab, nothing can be bought.
    assert_eq!(bought.status, 503, "{}", bought.text);

    let mut browser = Browser::at(server.address())?;
    let log_in = [("email", email.as_str()), ("password", PASSWORD)];
    browser.submit("/login", "/login", &log_in).await?;
    assert!(
        browser
            .open("/account")
            .await?
            .text
            .contains("Not verified")
    );
    let sent = browser
        .submit("/account", "/account/email/verify", &[])
        .await?;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let mail = mails.mail(&email, "Verify your address").await?;
    let verified = browser.submit(mail.link()?, "/verify-email", &[]).await?;
    assert_eq!(verified.status, 303, "{}", verified.text);
    assert!(
        !browser
            .open("/account")
            .await?
            .text
            .contains("Not verified")
    );
    assert_eq!(publish().await?.status, 201);
    assert_eq!(client.buy(&listing, 1).await?.status, 201);
    Ok(())
}
