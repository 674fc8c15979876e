use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::{CONNECTION, CONTENT_LENGTH, UPGRADE};
use udam_domain::gateway::CallPath;
use udam_domain::id::ListingId;
use udam_domain::marketplace::BeginCall;

use crate::credential::access_key;
use crate::problem::Problem;
use crate::target::leads_elsewhere;

/// Path of the gateway, below which each listing has its own.
pub(crate) const GATEWAY_PATH: &str = "/gw/";

/// What browsers load from the gateway, by `Sec-Fetch-Dest`: data, media, and pages, which are kept from everything. A script or
/// a style of a service's would act in the pages of this origin.
const LOADED_BY_BROWSERS: [&[u8]; 8] = [
    b"empty",
    b"document",
    b"image",
    b"audio",
    b"video",
    b"track",
    b"font",
    b"websocket",
];

/// A call as its client asks for it.
pub(crate) struct Incoming {
    /// What is asked of the use case.
    pub(crate) begin: BeginCall,
    /// Path below that of the listing: empty, or one that begins with `/`.
    pub(crate) path: String,
    /// Query, with the access key if it is there.
    pub(crate) query: Option<String>,
    /// Length of the body, if it was announced.
    pub(crate) length: Option<u64>,
    /// Whether the connection is to become a WebSocket's.
    pub(crate) upgrades: bool,
}

/// Reads the head of a call.
///
/// # Errors
/// A problem of the call's form, or that it has no access key.
pub(crate) fn read(request: &HttpRequest) -> Result<Incoming, Problem> {
    let uri = request.uri();
    let (listing, path) = split(uri.path()).ok_or(Problem::NotFound)?;
    let listing_id: ListingId = listing.parse().map_err(|_no_id| Problem::NotFound)?;
    check_browser(request)?;
    let key = access_key(request.headers(), uri.query()).ok_or(Problem::InvalidKey)?;
    let method = request.method().as_str().parse();
    let method = method.map_err(|_not_sold| Problem::NotAllowed)?;
    let full = if path.is_empty() { "/" } else { path };
    let call_path = CallPath::new(full.to_owned()).ok_or(Problem::Malformed)?;
    if leads_elsewhere(path) {
        return Err(Problem::Malformed);
    }
    Ok(Incoming {
        begin: BeginCall {
            listing_id,
            key,
            method,
            path: call_path,
        },
        path: path.to_owned(),
        query: uri.query().map(str::to_owned),
        length: announced(request),
        upgrades: upgrades(request)?,
    })
}

/// The listing and the rest of a path.
fn split(path: &str) -> Option<(&str, &str)> {
    let below = path.strip_prefix(GATEWAY_PATH)?;
    let end = below.find('/').unwrap_or(below.len());
    below.split_at_checked(end)
}

fn check_browser(request: &HttpRequest) -> Result<(), Problem> {
    let destination = request.headers().get("sec-fetch-dest");
    let is_loaded =
        destination.is_none_or(|destination| LOADED_BY_BROWSERS.contains(&destination.as_bytes()));
    if is_loaded {
        Ok(())
    } else {
        Err(Problem::NotAllowed)
    }
}

/// The announced length of the body. The server has checked that there is one at most, and no other framing beside it.
fn announced(request: &HttpRequest) -> Option<u64> {
    let length = request.headers().get(CONTENT_LENGTH)?;
    length.to_str().ok()?.trim().parse().ok()
}

/// Whether a call opens a WebSocket (RFC 6455, section 4.1). The server takes all that follows a head with `Upgrade: websocket`
/// for a stream: a request that asks for less than a WebSocket is refused, since its body could not be told from the next.
fn upgrades(request: &HttpRequest) -> Result<bool, Problem> {
    let headers = request.headers();
    let has = |name, word: &str| {
        let mut words = headers
            .get_all(name)
            .filter_map(|value| value.to_str().ok());
        words.any(|value| {
            value
                .split(',')
                .any(|found| found.trim().eq_ignore_ascii_case(word))
        })
    };
    if !has(UPGRADE, "websocket") {
        return Ok(false);
    }
    let is_handshake = request.method() == Method::GET
        && has(CONNECTION, "upgrade")
        && announced(request).unwrap_or_default() == 0
        && !headers.contains_key("transfer-encoding");
    if is_handshake {
        Ok(true)
    } else {
        Err(Problem::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const LISTING: &str = "lst_01h455vb4pex5vsknk084sn02q";

    fn reading(uri: &str, headers: &[(&str, &str)]) -> Result<Incoming, Problem> {
        let mut request = TestRequest::with_uri(uri);
        for header in headers {
            request = request.insert_header(*header);
        }
        read(&request.to_http_request())
    }

    const KEY: (&str, &str) = ("X-UDAM-Key", "udk_1");

    #[test]
    fn a_call_names_its_listing_and_a_path_below_it() {
        for (rest, path, call_path) in [
            ("", "", "/"),
            ("/", "/", "/"),
            ("/v1/a%2Fb?x=%20", "/v1/a%2Fb", "/v1/a%2Fb"),
            ("//v1", "//v1", "//v1"),
        ] {
            let incoming = reading(&format!("/gw/{LISTING}{rest}"), &[KEY]).unwrap();
            assert_eq!(incoming.begin.listing_id.to_string(), LISTING);
            assert_eq!(incoming.begin.path.as_str(), call_path);
            assert_eq!(incoming.path, path);
        }
    }

    #[test]
    fn what_is_no_call_is_refused() {
        let listing = format!("/gw/{LISTING}");
        let problem = |uri: &str, headers: &[(&str, &str)]| reading(uri, headers).err().unwrap();
        assert_eq!(problem("/gw/x", &[KEY]), Problem::NotFound);
        assert_eq!(problem(&listing, &[]), Problem::InvalidKey);
        assert_eq!(
            problem(&format!("{listing}/../x"), &[KEY]),
            Problem::Malformed
        );
        for destination in ["script", "style", "worker", "iframe", "serviceworker"] {
            let headers = [KEY, ("Sec-Fetch-Dest", destination)];
            assert_eq!(problem(&listing, &headers), Problem::NotAllowed);
        }
        assert!(reading(&listing, &[KEY, ("Sec-Fetch-Dest", "empty")]).is_ok());
    }

    #[test]
    fn half_a_handshake_is_refused() {
        let listing = format!("/gw/{LISTING}");
        let upgrade = ("Upgrade", "WebSocket");
        let connection = ("Connection", "keep-alive, Upgrade");
        assert!(
            reading(&listing, &[KEY, upgrade, connection])
                .unwrap()
                .upgrades
        );
        assert!(
            !reading(&listing, &[KEY, connection, ("Upgrade", "h2c")])
                .unwrap()
                .upgrades
        );
        let problem = |headers: &[(&str, &str)]| reading(&listing, headers).err();
        assert_eq!(problem(&[KEY, upgrade]), Some(Problem::Malformed));
        let with_body = [KEY, upgrade, connection, ("Content-Length", "3")];
        assert_eq!(problem(&with_body), Some(Problem::Malformed));
    }
}
