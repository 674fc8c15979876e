use std::fmt::{self, Display, Formatter};
use std::net::SocketAddr;
use std::path::Path;

use udam_domain::listing::Listing;
use url::Url;

use crate::demo::{BUYERS, DemoAccount, PASSWORD, SELLERS, SuggestedListings};
use crate::mailbox;
use crate::reachable::reachable;

/// Whether a new marketplace gets demo accounts and listings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoData {
    /// Demo sellers, listings and buyers.
    Seeded,
    /// Nothing.
    None,
}

/// Text that `udam dev` prints when it is ready. The last line is for programs that wait for it.
pub struct Welcome<'a> {
    /// Address that the marketplace listens at.
    pub address: SocketAddr,
    /// Base URL of the stand-in for Stripe.
    pub sandbox: &'a Url,
    /// Directory of the database and the master keys.
    pub data_directory: &'a Path,
    /// Whether there are demo accounts to name.
    pub demo_data: DemoData,
    /// Listings for the commands to buy.
    pub suggested: SuggestedListings,
}

impl Display for Welcome<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let url = format!("http://{}", reachable(self.address));
        let data = self.data_directory.display();
        writeln!(
            f,
            "\nUDAM for development: an email address alone signs in, and no money moves.\n"
        )?;
        writeln!(f, "  Store    {url} (open it in a browser)")?;
        writeln!(f, "  API      {url}/v1")?;
        writeln!(f, "  Docs     {url}/docs")?;
        writeln!(f, "  Mail     {url}{} (all mails come here)", mailbox::PATH)?;
        let sandbox = self.sandbox.as_str().trim_end_matches('/');
        writeln!(f, "  Stripe   {sandbox} (a sandbox)")?;
        writeln!(f, "  Data     {data} (delete it to start afresh)")?;
        if self.demo_data == DemoData::Seeded {
            writeln!(f, "  Sellers  {}", addresses(&SELLERS))?;
            writeln!(f, "  Buyers   {}", addresses(&BUYERS))?;
            writeln!(f, "  Password {PASSWORD}, should you want one")?;
        }
        if let Some(listing) = &self.suggested.small {
            f.write_str(&fill_in(FIRST_ORDER, &url, listing))?;
            let use_it = match self.suggested.call {
                Some(call) => FIRST_CALL.replace("CALL", call),
                None => FIRST_REVEAL.to_owned(),
            };
            f.write_str(&fill_in(&use_it, &url, listing))?;
        }
        if let Some(listing) = &self.suggested.large {
            f.write_str(&fill_in(FIRST_PAYMENT, &url, listing))?;
        }
        write!(f, "\nPress Ctrl-C to stop.\nReady: {url}")
    }
}

fn addresses(people: &[DemoAccount]) -> String {
    let addresses: Vec<_> = people.iter().map(|person| person.email).collect();
    addresses.join(", ")
}

/// Commands that work as they are printed, in any POSIX shell.
const FIRST_ORDER: &str = include_str!("first_order.txt");
const FIRST_CALL: &str = include_str!("first_call.txt");
const FIRST_REVEAL: &str = include_str!("first_reveal.txt");
const FIRST_PAYMENT: &str = include_str!("first_payment.txt");

fn fill_in(commands: &str, url: &str, listing: &Listing) -> String {
    let [buyer, ..] = BUYERS;
    commands
        .replace("URL", url)
        .replace("EMAIL", buyer.email)
        .replace("LISTING", &listing.id.to_string())
        // Last, as it may say anything.
        .replace("NAME", listing.details.service_name.as_str())
}

#[cfg(test)]
mod tests {
    use udam_domain::account::AccountName;
    use udam_domain::id::{AccountId, ListingId};
    use udam_domain::listing::{ListingDetails, ListingState, Price, Seller};
    use udam_domain::money::{Currency, Money};
    use udam_domain::time::Timestamp;
    use udam_domain::units::Stock;

    use super::*;

    fn listing(name: &str) -> Listing {
        let seller_name: AccountName = "Northwind".parse().unwrap();
        Listing {
            is_suspended: false,
            id: "lst_01h455vb4pex5vsknk084sn02q"
                .parse::<ListingId>()
                .unwrap(),
            seller: Seller {
                id: "acc_01h455vb4pex5vsknk084sn02q"
                    .parse::<AccountId>()
                    .unwrap(),
                name: seller_name,
            },
            details: ListingDetails::new(
                name.parse().unwrap(),
                "one".parse().unwrap(),
                Price::new(Money::new(500, Currency::USD)).unwrap(),
            ),
            available: Stock::default(),
            state: ListingState::Active,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn welcome(address: &str, demo_data: DemoData) -> String {
        welcome_with(address, demo_data, SuggestedListings::default())
    }

    fn welcome_with(address: &str, demo_data: DemoData, suggested: SuggestedListings) -> String {
        let address = address.parse().unwrap();
        Welcome {
            address,
            sandbox: &"http://127.0.0.1:4242".parse().unwrap(),
            data_directory: Path::new(".udam"),
            demo_data,
            suggested,
        }
        .to_string()
    }

    #[test]
    fn the_last_line_says_where_it_is_ready() {
        let text = welcome("127.0.0.1:8080", DemoData::Seeded);
        assert_eq!(text.lines().last(), Some("Ready: http://127.0.0.1:8080"));
        assert!(text.contains("northwind@example.com") && text.contains("ada@example.com"));
    }

    #[test]
    fn the_welcome_text_mentions_the_sandbox_that_orders_are_paid_at() {
        let text = welcome("127.0.0.1:8080", DemoData::None);
        assert!(text.contains("http://127.0.0.1:4242 (a sandbox"), "{text}");
        assert!(text.contains("no money moves"), "{text}");
    }

    #[test]
    fn commands_are_complete() {
        let url = "http://127.0.0.1:8080";
        for commands in [FIRST_ORDER, FIRST_CALL, FIRST_REVEAL, FIRST_PAYMENT] {
            let commands = fill_in(commands, url, &listing("Rain, hourly"));
            assert!(commands.contains(r#"{"email":"ada@example.com"}"#));
            assert!(
                !["URL", "EMAIL", "LISTING", "NAME"]
                    .iter()
                    .any(|gap| commands.contains(gap))
            );
            let login = format!("{url}/v1/auth/login");
            assert_eq!(commands.matches(&login).count(), 1);
        }
        for commands in [FIRST_ORDER, FIRST_PAYMENT] {
            let commands = fill_in(commands, url, &listing("Rain, hourly"));
            assert!(commands.contains("Buy a unit of \"Rain, hourly\""));
            assert!(commands.contains(r#"{"listing_id":"lst_01h455vb4pex5vsknk084sn02q","#));
        }
    }

    #[test]
    fn a_listing_that_is_sold_by_call_is_called_and_another_revealed() {
        let shown = |call| {
            let suggested = SuggestedListings {
                call,
                small: Some(listing("Rain, hourly")),
                large: None,
            };
            welcome_with("127.0.0.1:8080", DemoData::Seeded, suggested)
        };
        let called = shown(Some("/rain?hours=3"));
        let call =
            "'http://127.0.0.1:8080/gw/lst_01h455vb4pex5vsknk084sn02q/rain?hours=3' -H \"Auth";
        assert!(called.contains(call), "{called}");
        assert!(!called.contains("CALL") && !called.contains("See what the newest token opens"));
        let revealed = shown(None);
        assert!(revealed.contains("See what the newest token opens"));
        assert!(!revealed.contains("/gw/"));
    }

    #[test]
    fn without_demo_data_no_account_is_promised() {
        assert!(!welcome("127.0.0.1:8080", DemoData::None).contains("@example.com"));
    }

    #[test]
    fn an_address_that_means_all_is_shown_as_one_that_can_be_connected_to() {
        assert!(welcome("0.0.0.0:80", DemoData::None).ends_with("Ready: http://127.0.0.1:80"));
        assert!(welcome("[::]:80", DemoData::None).ends_with("Ready: http://[::1]:80"));
    }
}
