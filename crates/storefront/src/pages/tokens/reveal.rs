//! Revealing the key of a token: the seller's, on the only page that ever shows it, or one of the token's own.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::id::TokenId;
use udam_domain::token::Access;
use zeroize::Zeroizing;

use super::{find, path};
use crate::error::PageError;
use crate::layout::Layout;
use crate::pages::gateway_address::callable_address;
use crate::pages::shell::curl;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// A page with a key.
#[derive(Template)]
#[template(path = "revealed.html")]
pub(super) struct RevealedPage<'a> {
    pub(super) layout: Layout,
    /// Path of the token's page.
    pub(super) path: String,
    pub(super) service_name: String,
    pub(super) kind: KeyKind,
    pub(super) endpoint_url: Option<String>,
    /// Borrowed, so that the page is the only copy.
    pub(super) api_key: &'a str,
    /// A request to the endpoint with the key; `None` without an endpoint.
    pub(super) command: Option<Zeroizing<String>>,
}

/// Kind of a key that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// The seller's.
    Seller,
    /// The first of a token, which is shown again.
    First,
    /// A further one of a token, which is not.
    Further,
}

impl KeyKind {
    /// What it is called.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Seller => "API key",
            Self::First | Self::Further => "Access key",
        }
    }

    /// What who has it can do.
    pub(super) const fn warning(self) -> &'static str {
        match self {
            Self::Seller => {
                "Anyone who has this key can use the service. It is shown on this page only."
            }
            Self::First => {
                "Anyone who has this key can spend the units of this token. You can delete it from the token's page."
            }
            Self::Further => {
                "Anyone who has this key can spend the units of this token. It is not shown again: store it now."
            }
        }
    }

    /// How to keep it.
    pub(super) const fn advice(self) -> &'static str {
        match self {
            Self::Seller | Self::First => {
                "Store the key where you store passwords. You can reveal it again from the token until that expires."
            }
            Self::Further => "Store the key where you store passwords.",
        }
    }
}

/// Shows the key in the response to the form, not at an address of its own: every reveal is audited.
pub(crate) async fn reveal(request: Request) -> PageResult {
    request.stepped_up()?;
    let id: TokenId = request.path_id()?;
    let token = find(&request, id).await?.ok_or(PageError::NotFound)?;
    let tokens = &request.marketplace().tokens;
    let access = tokens.reveal(request.actor()?, id).await?;
    let (key, kind, endpoint_url, called_at) = match &access {
        Access::Service {
            api_key,
            endpoint_url,
        } => {
            let endpoint = endpoint_url.as_ref().map(ToString::to_string);
            (
                api_key.expose(),
                KeyKind::Seller,
                endpoint.clone(),
                endpoint,
            )
        }
        Access::Gateway {
            listing_id,
            access_key,
        } => {
            let address = request.gateway_address(*listing_id);
            let called_at = callable_address(&request, *listing_id).await?;
            (
                access_key.expose(),
                KeyKind::First,
                Some(address),
                Some(called_at),
            )
        }
    };
    let page = RevealedPage {
        layout: request.layout(),
        path: path(id),
        service_name: token.service_name.to_string(),
        kind,
        endpoint_url,
        api_key: key,
        command: called_at.map(|address| curl(&address, key)),
    };
    private(StatusCode::OK, &page)
}

/// Redirects a visitor who opens the address itself to the token, which has the button.
pub(crate) async fn show(request: Request) -> PageResult {
    Ok(see_other(&path(request.path_id()?)))
}
