use actix_web::HttpRequest;
use actix_web::http::header;
use udam_domain::id::ListingId;

/// Address of the gateway, below which each listing has an address of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayAddress(Base);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Base {
    Fixed(String),
    HostOfRequest(&'static str),
}

impl GatewayAddress {
    /// The gateway at this URL, such as `https://udam.example/`.
    #[must_use]
    pub fn at(url: &str) -> Self {
        Self(Base::Fixed(url.trim_end_matches('/').to_owned()))
    }

    /// The gateway at the `Host` of each request, by this scheme. Forwarded hosts are not trusted: any client can send
    /// them.
    #[must_use]
    pub const fn at_host_of_request(scheme: &'static str) -> Self {
        Self(Base::HostOfRequest(scheme))
    }

    /// Address at which a listing is called, without a slash at its end, such as
    /// `https://udam.example/gw/lst_01h455vb4pex5vsknk084sn02q`.
    #[must_use]
    pub fn of(&self, request: &HttpRequest, listing: ListingId) -> String {
        match &self.0 {
            Base::Fixed(base) => format!("{base}/gw/{listing}"),
            Base::HostOfRequest(scheme) => {
                let host = request.headers().get(header::HOST);
                let host = host.and_then(|host| host.to_str().ok());
                let host = host.unwrap_or("localhost");
                format!("{scheme}://{host}/gw/{listing}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use udam_domain::mocks::listing_id;

    use super::*;

    #[test]
    fn a_listing_is_called_below_the_public_url_or_else_the_host_of_the_request() {
        let request = TestRequest::get()
            .insert_header((header::HOST, "127.0.0.1:8080"))
            .insert_header(("x-forwarded-host", "evil.example"))
            .to_http_request();
        let listing = listing_id(7);
        for (address, base) in [
            (
                GatewayAddress::at("https://udam.example/"),
                "https://udam.example",
            ),
            (
                GatewayAddress::at("https://calls.example:8443"),
                "https://calls.example:8443",
            ),
            (
                GatewayAddress::at_host_of_request("http"),
                "http://127.0.0.1:8080",
            ),
        ] {
            let expected = format!("{base}/gw/{listing}");
            assert_eq!(address.of(&request, listing), expected);
        }
    }
}
