//! Settings of the HTTP server.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::thread;
use std::time::Duration;

use udam_domain::time::SignedDuration;
use udam_web::TrustedProxies;
use url::Url;

use crate::reader::Reader;
use crate::setting::{
    ADMIN_LISTEN, GATEWAY_LISTEN, LISTEN, PUBLIC_URL, RATE_LIMIT, STOP_DELAY, TRUSTED_PROXIES,
    WORKERS,
};
use crate::{count, duration};

/// Largest number of workers; the HTTP server panics at more.
const MOST_WORKERS: usize = 512;

/// Settings of the HTTP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpSettings {
    /// Address that clients connect to.
    pub listen: SocketAddr,
    /// Address that operators connect to; `None` if it is the same, in development.
    pub admin_listen: Option<SocketAddr>,
    /// Address that calls come to besides [`listen`](Self::listen); `None` for none.
    pub gateway_listen: Option<SocketAddr>,
    /// URL that buyers reach the marketplace at; `None` if it is not set.
    pub public_url: Option<Url>,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: TrustedProxies,
    /// Whether clients are rate limited.
    pub rate_limit: bool,
    /// Number of threads that serve requests.
    pub workers: NonZeroUsize,
    /// Time for which a server that was told to stop serves on.
    pub stop_delay: Duration,
}

/// Defaults that are not the same in production and in development.
pub(crate) struct HttpDefaults {
    pub(crate) rate_limit: bool,
    pub(crate) admin_listen: Option<SocketAddr>,
}

impl HttpDefaults {
    pub(crate) const PRODUCTION: Self = Self {
        rate_limit: true,
        admin_listen: Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9090)),
    };
}

pub(crate) fn http(reader: &mut Reader<'_>, defaults: &HttpDefaults) -> HttpSettings {
    let (all, comparable) = reader.together(|reader| {
        let listen = reader.or(&LISTEN, SocketAddr::from(([127, 0, 0, 1], 8080)), address);
        let admin_listen = reader.optional(&ADMIN_LISTEN, address);
        let gateway_listen = reader.optional(&GATEWAY_LISTEN, address);
        (
            listen,
            admin_listen.or(defaults.admin_listen),
            gateway_listen,
        )
    });
    let (listen, admin_listen, gateway_listen) = all;
    let pairs = [
        (&LISTEN, Some(listen), &ADMIN_LISTEN, admin_listen),
        (&LISTEN, Some(listen), &GATEWAY_LISTEN, gateway_listen),
        (&ADMIN_LISTEN, admin_listen, &GATEWAY_LISTEN, gateway_listen),
    ];
    for (one, at, other, besides) in pairs {
        let both = at.zip(besides).filter(|_| comparable);
        if both.is_some_and(|(at, besides)| overlap(at, besides)) {
            reader.conflict(format_args!(
                "{} and {} are the same address; give one of them another port",
                one.name, other.name
            ));
        }
    }
    HttpSettings {
        listen,
        admin_listen,
        gateway_listen,
        public_url: reader.optional(&PUBLIC_URL, public_url),
        trusted_proxies: reader.or(&TRUSTED_PROXIES, TrustedProxies::default(), str::parse),
        rate_limit: reader.or(&RATE_LIMIT, defaults.rate_limit, on_or_off),
        workers: reader
            .optional(&WORKERS, |text| count::up_to(MOST_WORKERS, text))
            .unwrap_or_else(processors),
        stop_delay: reader
            .or(&STOP_DELAY, SignedDuration::ZERO, duration::parse_or_zero)
            .unsigned_abs(),
    }
}

/// Whether no two listeners can have these addresses, because one of them takes the other's as well.
fn overlap(one: SocketAddr, other: SocketAddr) -> bool {
    // On most systems, `[::]` takes IPv4 as well.
    let covers = |all: SocketAddr, one: SocketAddr| {
        all.ip().is_unspecified() && (all.is_ipv6() || one.is_ipv4())
    };
    let same = one.ip() == other.ip() || covers(one, other) || covers(other, one);
    same && one.port() == other.port() && one.port() != 0
}

/// Reads an address and a port.
///
/// # Errors
/// The rule that the text breaks.
pub fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(
        |_not_an_address| "must be an IP address and a port, such as 0.0.0.0:8080 or [::1]:8080",
    )
}

fn public_url(text: &str) -> Result<Url, &'static str> {
    let malformed = "must be an http or https address without a path, a query or a user name";
    let url = Url::parse(text).map_err(|_not_an_address| malformed)?;
    let is_an_origin = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if is_an_origin {
        Ok(url)
    } else {
        Err(malformed)
    }
}

fn on_or_off(text: &str) -> Result<bool, &'static str> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("must be on or off"),
    }
}

/// Number of threads that this machine runs at once.
#[must_use]
pub fn processors() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
