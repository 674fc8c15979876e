//! A marketplace with something of every kind in it, for pages to show.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use udam_browser::Shop;
use udam_e2e::{Answer, Client, PASSWORD, eventually};

/// Somebody with an account.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) id: String,
    pub(crate) session: String,
}

/// What there is. Those without further words are identifiers.
#[derive(Debug)]
pub(crate) struct Furnished {
    pub(crate) shop: &'static Shop,
    pub(crate) seller: Person,
    pub(crate) listings: Listings,
    pub(crate) buyer: Person,
    pub(crate) orders: Orders,
    /// One opens the key, the other one no longer does.
    pub(crate) active_token: String,
    pub(crate) revoked_token: String,
    /// Owes something, and has ordered nothing that is yet to be paid.
    pub(crate) debtor: Person,
    /// Has nothing.
    pub(crate) newcomer: Person,
}

/// Those of the seller, by how they stand.
#[derive(Debug)]
pub(crate) struct Listings {
    pub(crate) active: String,
    pub(crate) dear: String,
    pub(crate) sold_out: String,
    pub(crate) paused: String,
    pub(crate) archived: String,
}

/// Those of the buyer, by how they stand.
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
    /// Them, calling the API.
    pub(crate) fn client(&self, shop: &Shop) -> Result<Client> {
        Ok(shop.visitor()?.with_session(&self.session))
    }
}

/// The one that all tests of pages look at.
pub(crate) async fn furnished() -> Result<&'static Furnished> {
    static FURNISHED: OnceCell<Furnished> = OnceCell::const_new();
    FURNISHED.get_or_try_init(furnish).await
}

async fn furnish() -> Result<Furnished> {
    let shop = Shop::shared().await?;
    let seller = register(shop, "northwind@pages.example", "Northwind Data").await?;
    let buyer = register(shop, "ada@pages.example", "Ada Lovelace").await?;
    let debtor = register(shop, "grace@pages.example", "Grace Hopper").await?;
    let newcomer = register(shop, "alan@pages.example", "Alan Turing").await?;
    let listings = stock_up(&seller.client(shop)?).await?;
    let orders = order(shop, &buyer, &seller, &listings).await?;
    let at_the_tab = debtor.client(shop)?;
    for units in [3, 4] {
        done(at_the_tab.buy(&listings.active, units).await?)?;
    }
    let again = json!({"email": buyer.email});
    done(shop.visitor()?.post("/v1/auth/login", again).await?)?;
    let tokens = buyer.client(shop)?.get("/v1/tokens").await?;
    Ok(Furnished {
        active_token: token(&tokens, "active")?,
        revoked_token: token(&tokens, "revoked")?,
        shop,
        seller,
        listings,
        buyer,
        orders,
        debtor,
        newcomer,
    })
}

fn token(tokens: &Answer, status: &str) -> Result<String> {
    let mut tokens = tokens.items().iter();
    let found = tokens.find(|token| token.get("status").is_some_and(|it| it == status));
    let id = found.and_then(|token| token.get("id")?.as_str());
    Ok(id
        .with_context(|| format!("no token is {status}"))?
        .to_owned())
}

/// Registers somebody who says what to be called.
pub(crate) async fn register(shop: &Shop, email: &str, name: &str) -> Result<Person> {
    let body = json!({"email": email, "password": PASSWORD, "name": name});
    let registered = done(shop.visitor()?.post("/v1/auth/register", body).await?)?;
    Ok(Person {
        email: email.to_owned(),
        id: registered.text_at("/user/id").to_owned(),
        session: registered.text_at("/session_token").to_owned(),
    })
}

/// Puts something on sale, and answers with its identifier.
pub(crate) async fn list(seller: &Client, listing: Value) -> Result<String> {
    Ok(done(seller.list(listing).await?)?.id().to_owned())
}

/// The answer, unless it is a refusal.
pub(crate) fn done(answer: Answer) -> Result<Answer> {
    ensure!(answer.status < 400, "{}: {}", answer.status, answer.text);
    Ok(answer)
}

async fn stock_up(seller: &Client) -> Result<Listings> {
    let archived = on_sale(seller, "Stock quotes of yesterday", "0.10", 500).await?;
    let paused = on_sale(seller, "Postal address check", "0.02", 90_000).await?;
    let sold_out = on_sale(seller, "Satellite tiles of Europe", "0.40", 0).await?;
    let dear = on_sale(seller, "Company register look-ups", "12.50", 1_200).await?;
    let active = on_sale(seller, "Hourly weather for every airport", "0.50", 12_400).await?;
    for (listing, status) in [(&archived, "archived"), (&paused, "paused")] {
        let path = format!("/v1/listings/{listing}");
        done(seller.patch(&path, json!({"status": status})).await?)?;
    }
    Ok(Listings {
        active,
        dear,
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

async fn order(
    shop: &Shop,
    buyer: &Person,
    seller: &Person,
    listings: &Listings,
) -> Result<Orders> {
    let (ada, northwind) = (buyer.client(shop)?, seller.client(shop)?);
    let placed = async |listing: &str, units| anyhow::Ok(done(ada.buy(listing, units).await?)?);

    // Its payment takes along what is on the tab so far, which is nothing.
    let paid = placed(&listings.dear, 2).await?;
    press(paid.text_at("/payment_url"), "pay").await?;
    becomes(&ada, paid.id(), "fulfilled").await?;
    let refunded = placed(&listings.active, 2).await?;
    done(northwind.refund(refunded.id()).await?)?;
    let canceled = placed(&listings.dear, 1).await?;
    done(ada.cancel(canceled.id()).await?)?;
    let expired = placed(&listings.dear, 1).await?;
    press(expired.text_at("/payment_url"), "expire").await?;
    becomes(&ada, expired.id(), "expired").await?;
    let on_the_tab = placed(&listings.active, 5).await?;
    let awaiting = placed(&listings.dear, 3).await?;
    let id = |order: &Answer| order.id().to_owned();
    Ok(Orders {
        on_the_tab: id(&on_the_tab),
        paid: id(&paid),
        awaiting: id(&awaiting),
        canceled: id(&canceled),
        expired: id(&expired),
        refunded: id(&refunded),
    })
}

/// Presses a button of the page where orders are paid.
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
    ensure!(status == 303, "“{action}” was answered {status}");
    Ok(())
}

/// Waits until the marketplace has heard.
async fn becomes(buyer: &Client, order: &str, status: &str) -> Result<()> {
    eventually(&format!("an order to be {status}"), async || {
        let order = buyer.get(&format!("/v1/orders/{order}")).await?;
        Ok((order["status"] == status).then_some(()))
    })
    .await
}
