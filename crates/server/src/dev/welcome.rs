use std::fmt::{self, Display, Formatter};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use udam_domain::listing::Listing;

use super::DemoData;
use super::demo::{BUYERS, PASSWORD, Person, SELLERS};

/// What `udam dev` prints when it is ready. The last line is for programs that wait for it.
pub(super) struct Welcome<'a> {
    pub(super) address: SocketAddr,
    pub(super) data_directory: &'a Path,
    pub(super) demo_data: DemoData,
    pub(super) to_buy: Option<Listing>,
}

impl Display for Welcome<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let url = format!("http://{}", reachable(self.address));
        let data = self.data_directory.display();
        writeln!(
            f,
            "\nUDAM for development: an email address alone signs in.\n"
        )?;
        writeln!(f, "  API      {url}/v1")?;
        writeln!(f, "  Docs     {url}/docs")?;
        writeln!(f, "  Data     {data} (delete it to start afresh)")?;
        if self.demo_data == DemoData::Seeded {
            writeln!(f, "  Sellers  {}", addresses(&SELLERS))?;
            writeln!(f, "  Buyers   {}", addresses(&BUYERS))?;
            writeln!(f, "  Password {PASSWORD}, should you want one")?;
        }
        if let Some(listing) = &self.to_buy {
            let name = listing.details.service_name.as_str();
            f.write_str(&fill_in(&url, &listing.id.to_string(), name))?;
        }
        write!(f, "\nPress Ctrl-C to stop.\nReady: {url}")
    }
}

fn addresses(people: &[Person]) -> String {
    let addresses: Vec<_> = people.iter().map(|person| person.email).collect();
    addresses.join(", ")
}

/// Commands that work as they are printed, in any POSIX shell.
fn fill_in(url: &str, listing: &str, name: &str) -> String {
    let [buyer, ..] = BUYERS;
    include_str!("first_order.txt")
        .replace("URL", url)
        .replace("EMAIL", buyer.email)
        .replace("LISTING", listing)
        // Last, as it may say anything.
        .replace("NAME", name)
}

/// An address that this machine can connect to: one listens everywhere, but connects somewhere.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn welcome(address: &str, demo_data: DemoData) -> String {
        let address = address.parse().unwrap();
        Welcome {
            address,
            data_directory: Path::new(".udam"),
            demo_data,
            to_buy: None,
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
    fn commands_are_complete() {
        let url = "http://127.0.0.1:8080";
        let commands = fill_in(url, "lst_01h455vb4pex5vsknk084sn02q", "Rain, hourly");
        assert!(commands.contains("Buy a unit of \"Rain, hourly\" as ada@example.com"));
        assert!(commands.contains(r#"{"listing_id":"lst_01h455vb4pex5vsknk084sn02q","#));
        assert!(
            !["URL", "EMAIL", "LISTING", "NAME"]
                .iter()
                .any(|gap| commands.contains(gap))
        );
        assert_eq!(commands.matches(&format!("{url}/v1/auth/login")).count(), 2);
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
