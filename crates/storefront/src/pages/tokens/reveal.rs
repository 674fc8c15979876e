//! Revealing the seller's API key, on the only page that ever shows it.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::id::TokenId;
use zeroize::Zeroizing;

use super::{find, path};
use crate::error::PageError;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

#[derive(Template)]
#[template(path = "revealed.html")]
struct RevealedPage<'a> {
    layout: Layout,
    path: String,
    service_name: String,
    endpoint_url: Option<String>,
    /// Borrowed, so that the page is the only copy.
    api_key: &'a str,
    /// A request to the endpoint with the key; `None` without an endpoint.
    command: Option<Zeroizing<String>>,
}

/// Shows the key in the response to the form, not at an address of its own: every reveal is audited.
pub(crate) async fn reveal(request: Request) -> PageResult {
    let id: TokenId = request.path_id()?;
    let token = find(&request, id).await?.ok_or(PageError::NotFound)?;
    let tokens = &request.marketplace().tokens;
    let access = tokens.reveal(request.actor()?, id).await?;
    let key = access.api_key.expose();
    let page = RevealedPage {
        layout: request.layout(),
        path: path(id),
        service_name: token.service_name.to_string(),
        endpoint_url: access.endpoint_url.as_ref().map(ToString::to_string),
        api_key: key,
        command: access
            .endpoint_url
            .as_ref()
            .map(|endpoint| curl(endpoint.as_str(), key)),
    };
    private(StatusCode::OK, &page)
}

/// Redirects a visitor who opens the address itself to the token, which has the button.
pub(crate) async fn show(request: Request) -> PageResult {
    Ok(see_other(&path(request.path_id()?)))
}

/// A command for a POSIX shell that sends the key to the endpoint. `--globoff` has curl take braces and brackets as
/// they are.
fn curl(endpoint: &str, key: &str) -> Zeroizing<String> {
    let header = Zeroizing::new(format!("Authorization: Bearer {key}"));
    let (header, endpoint) = (quoted(&header), quoted(endpoint));
    Zeroizing::new(format!("curl --globoff --header {} {}", *header, *endpoint))
}

/// The text as one word of a POSIX shell.
fn quoted(text: &str) -> Zeroizing<String> {
    let inside = Zeroizing::new(text.replace('\'', r"'\''"));
    Zeroizing::new(format!("'{}'", *inside))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_command_reaches_curl_as_it_is_meant() {
        for (endpoint, key) in [
            ("https://rain.example/{lat}/{lon}?a=1&b=$HOME", "sk_live_1"),
            ("https://rain.example/it's", "a'b\"c$HOME`id`\\!*;|&<>"),
            ("https://rain.example/~", "''"),
        ] {
            let command = curl(endpoint, key);
            let script = format!("curl() {{ printf '%s\\n' \"$@\"; }}; {}", *command);
            let printed = Command::new("sh").args(["-c", &script]).output().unwrap();
            let printed = String::from_utf8(printed.stdout).unwrap();
            let header = format!("Authorization: Bearer {key}");
            let expected = ["--globoff", "--header", &header, endpoint];
            assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
        }
    }
}
