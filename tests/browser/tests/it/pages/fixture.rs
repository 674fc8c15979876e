//! A marketplace with accounts, listings, orders and tokens in every state.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use udam_browser::DevServer;
use udam_testkit::{Client, PASSWORD, Response, add_factor, wait_for, wait_until};

/// A registered account.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) id: String,
    pub(crate) session: String,
}

/// The data. Strings are ids.
#[derive(Debug)]
pub(crate) struct Fixture {
    pub(crate) server: &'static DevServer,
    pub(crate) seller: Person,
    pub(crate) listings: Listings,
    pub(crate) buyer: Person,
    pub(crate) orders: Orders,
    /// A token of the buyer that grants access.
    pub(crate) active_token: String,
    /// A token of the buyer that was revoked by a refund.
    pub(crate) revoked_token: String,
    /// Has an amount on the tab, and no order that awaits payment.
    pub(crate) debtor: Person,
    /// Has paid the tab, alone.
    pub(crate) payer: Person,
    /// Path of that payment.
    pub(crate) tab_payment: String,
    /// Has no listings, orders or tokens, and has begun to add a second factor.
    pub(crate) newcomer: Person,
    /// Has a second factor.
    pub(crate) guarded: Person,
    /// Path of a mail in the mailbox.
    pub(crate) mail: String,
}

/// The seller's listings, by state.
#[derive(Debug)]
pub(crate) struct Listings {
    pub(crate) active: String,
    /// Costs so much that one unit goes through checkout. Every order is paid first, and has at most 25 units.
    pub(crate) expensive: String,
    pub(crate) sold_out: String,
    pub(crate) paused: String,
    pub(crate) archived: String,
}

/// The buyer's orders, by state.
#[derive(Debug)]
pub(crate) struct Orders {
    pub(crate) on_the_tab: String,
    pub(crate) paid: String,
    pub(crate) awaiting: String,
    pub(crate) canceled: String,
    pub(crate) expired: String,
    pub(crate) refunded: String,
}

impl Person {
    /// An API client with their session.
    pub(crate) fn client(&self, server: &DevServer) -> Result<Client> {
        Ok(server.visitor()?.with_session(&self.session))
    }
}

/// The instance that tests share.
pub(crate) async fn fixture() -> Result<&'static Fixture> {
    static FIXTURE: OnceCell<Fixture> = OnceCell::const_new();
    FIXTURE.get_or_try_init(create).await
}

async fn create() -> Result<Fixture> {
    let server = DevServer::shared().await?;
    let seller = register(server, "northwind@pages.example", "Northwind Data").await?;
    let buyer = register(server, "ada@pages.example", "Ada Lovelace").await?;
    let debtor = register(server, "grace@pages.example", "Grace Hopper").await?;
    let payer = register(server, "hedy@pages.example", "Hedy Lamarr").await?;
    let newcomer = register(server, "alan@pages.example", "Alan Turing").await?;
    let begin = json!({"password": PASSWORD});
    ok(newcomer
        .client(server)?
        .post("/v1/auth/totp", begin)
        .await?)?;
    for name in ["Nightly job", "Spreadsheet"] {
        let key = json!({"name": name, "scopes": ["read", "buy"]});
        ok(buyer.client(server)?.post("/v1/me/api-keys", key).await?)?;
    }
    let mut guarded = register(server, "mary@pages.example", "Mary Kenneth Keller").await?;
    let factors = add_factor(&guarded.client(server)?, PASSWORD).await?;
    guarded.session = factors.client.session().to_owned();
    let listings = publish_listings(&seller.client(server)?).await?;
    let orders = place_orders(server, &buyer, &seller, &listings).await?;
    let debtor_client = debtor.client(server)?;
    for units in [3, 4] {
        ok(debtor_client.buy(&listings.active, units).await?)?;
    }
    let tab_payment = pay_tab(&payer.client(server)?, &listings.active).await?;
    let again = json!({"email": buyer.email});
    ok(server.visitor()?.post("/v1/auth/login", again).await?)?;
    let tokens = buyer.client(server)?.get("/v1/tokens").await?;
    Ok(Fixture {
        active_token: token(&tokens, "active")?,
        revoked_token: token(&tokens, "revoked")?,
        server,
        seller,
        listings,
        buyer,
        orders,
        debtor,
        payer,
        tab_payment,
        newcomer,
        guarded,
        mail: first_mail(server).await?,
    })
}

/// Path of the newest mail.
async fn first_mail(server: &DevServer) -> Result<String> {
    let visitor = server.visitor()?;
    wait_for("a mail", async || {
        let page = visitor.get("/dev/mail").await?;
        let mut links = page.text.split("href=\"/dev/mail/").skip(1);
        let id = links.next().and_then(|rest| rest.split('"').next());
        Ok(id.map(|id| format!("/dev/mail/{id}")))
    })
    .await
}

fn token(tokens: &Response, status: &str) -> Result<String> {
    let mut tokens = tokens.items().iter();
    let found = tokens.find(|token| token.get("status").is_some_and(|it| it == status));
    let id = found.and_then(|token| token.get("id")?.as_str());
    Ok(id
        .with_context(|| format!("no token is {status}"))?
        .to_owned())
}

/// Registers an account with this name.
pub(crate) async fn register(server: &DevServer, email: &str, name: &str) -> Result<Person> {
    let body = json!({"email": email, "password": PASSWORD, "name": name});
    let registered = ok(server.visitor()?.post("/v1/auth/register", body).await?)?;
    Ok(Person {
        email: email.to_owned(),
        id: registered.text_at("/user/id").to_owned(),
        session: registered.text_at("/session_token").to_owned(),
    })
}

/// Publishes a listing, and returns its id.
pub(crate) async fn list(seller: &Client, listing: Value) -> Result<String> {
    Ok(ok(seller.publish(listing).await?)?.id().to_owned())
}

/// The response, unless it is an error.
pub(crate) fn ok(response: Response) -> Result<Response> {
    ensure!(
        response.status < 400,
        "{}: {}",
        response.status,
        response.text
    );
    Ok(response)
}

async fn publish_listings(seller: &Client) -> Result<Listings> {
    let archived = on_sale(seller, "Stock quotes of yesterday", "0.10", 500).await?;
    let paused = on_sale(seller, "Postal address check", "0.02", 90_000).await?;
    let sold_out = on_sale(seller, "Satellite tiles of Europe", "0.40", 0).await?;
    let expensive = on_sale(seller, "Company register look-ups", "12.50", 1_200).await?;
    let active = on_sale(seller, "Hourly weather for every airport", "0.50", 12_400).await?;
    let terms = json!({"pay_first": true, "max_units_per_order": 25});
    ok(seller
        .patch(&format!("/v1/listings/{expensive}"), terms)
        .await?)?;
    for (listing, status) in [(&archived, "archived"), (&paused, "paused")] {
        let path = format!("/v1/listings/{listing}");
        ok(seller.patch(&path, json!({"status": status})).await?)?;
    }
    Ok(Listings {
        active,
        expensive,
        sold_out,
        paused,
        archived,
    })
}

async fn on_sale(seller: &Client, name: &str, price: &str, units: u32) -> Result<String> {
    let listing = json!({
        "service_name": name,
        "description": "Fresh every hour, with the history of ten years.\n\nAnswers in JSON within a \
                        tenth of a second, and says where each figure comes from.",
        "endpoint_url": "https://api.northwind.example/v1",
        "api_key": "sk-northwind-0123456789abcdef",
        "price_per_unit": price,
        "unit_description": "1,000 requests",
        "available_units": units,
    });
    list(seller, listing).await
}

async fn place_orders(
    server: &DevServer,
    buyer: &Person,
    seller: &Person,
    listings: &Listings,
) -> Result<Orders> {
    let (ada, northwind) = (buyer.client(server)?, seller.client(server)?);
    let placed = async |listing: &str, units| anyhow::Ok(ok(ada.buy(listing, units).await?)?);

    // Paid before anything is on the tab, so that its charge carries nothing else.
    let paid = placed(&listings.expensive, 2).await?;
    press(paid.text_at("/payment_url"), "pay").await?;
    becomes(&ada, paid.id(), "fulfilled").await?;
    let refunded = placed(&listings.active, 2).await?;
    ok(northwind.refund(refunded.id()).await?)?;
    let canceled = placed(&listings.expensive, 1).await?;
    ok(ada.cancel(canceled.id()).await?)?;
    let expired = placed(&listings.expensive, 1).await?;
    press(expired.text_at("/payment_url"), "expire").await?;
    becomes(&ada, expired.id(), "expired").await?;
    let on_the_tab = placed(&listings.active, 5).await?;
    let awaiting = placed(&listings.expensive, 3).await?;
    let id = |order: &Response| order.id().to_owned();
    Ok(Orders {
        on_the_tab: id(&on_the_tab),
        paid: id(&paid),
        awaiting: id(&awaiting),
        canceled: id(&canceled),
        expired: id(&expired),
        refunded: id(&refunded),
    })
}

/// Puts two orders on the tab, pays it, and returns the path of the payment.
async fn pay_tab(buyer: &Client, listing: &str) -> Result<String> {
    for units in [2, 3] {
        ok(buyer.buy(listing, units).await?)?;
    }
    let checkout = ok(buyer.post_empty("/v1/tab/checkout").await?)?;
    press(checkout.text_at("/payment_url"), "pay").await?;
    wait_until("the tab to be paid", async || {
        Ok(buyer.get("/v1/tab").await?["open"] == "0.00")
    })
    .await?;
    let payments = buyer.get("/v1/tab/payments").await?;
    Ok(format!("/tab/payments/{}", payments.text_at("/data/0/id")))
}

/// Presses a button of the sandbox's payment page.
async fn press(page: &str, action: &str) -> Result<()> {
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let form = http
        .post(page)
        .header("Content-Type", "application/x-www-form-urlencoded");
    let pressed = form.body(format!("action={action}")).send().await?;
    let status = pressed.status();
    ensure!(status == 303, "“{action}” returned {status}");
    Ok(())
}

/// Waits until the webhook has arrived.
async fn becomes(buyer: &Client, order: &str, status: &str) -> Result<()> {
    wait_until(&format!("an order to be {status}"), async || {
        let order = buyer.get(&format!("/v1/orders/{order}")).await?;
        Ok(order["status"] == status)
    })
    .await
}
