//! The part of a token's page that is about its use through the gateway.

use udam_domain::gateway::AccessKeyInfo;
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::token::{Token, TokenGateway, TokenStatus};
use udam_domain::units::Units;

use crate::error::PageError;
use crate::format;
use crate::pages::calls_table;
use crate::pages::gateway_address::callable_address;
use crate::pages::shell::curl;
use crate::request::Request;
use crate::table::Table;

/// Number of calls that are shown.
const CALLS: i64 = 10;

/// Stands for a key in a command that is shown without one.
const PLACEHOLDER: &str = "YOUR_ACCESS_KEY";

/// A token's units, keys and last calls.
pub(super) struct GatewayPart {
    pub(super) left: String,
    pub(super) open: String,
    pub(super) charged: String,
    pub(super) terms_version: String,
    /// Address at which the service is called.
    pub(super) address: String,
    /// A call, with a placeholder for the key.
    pub(super) command: String,
    pub(super) keys: Vec<KeyRow>,
    pub(super) calls: Table,
    /// Whether further keys can be issued.
    pub(super) may_issue: bool,
}

/// An access key in the list of a token's.
pub(super) struct KeyRow {
    pub(super) name: String,
    /// Units that it has taken, of how many.
    pub(super) units: String,
    pub(super) expires: String,
    pub(super) issued: String,
    /// Path of the form that deletes it.
    pub(super) delete: String,
}

impl GatewayPart {
    /// The part of a token that is used through the gateway; `None` of any other.
    /// `path` is that of the token's page.
    pub(super) async fn of(
        request: &Request,
        token: &Token,
        path: &str,
    ) -> Result<Option<Self>, PageError> {
        let Some(TokenGateway { terms, units }) = token.gateway else {
            return Ok(None);
        };
        let gateway = request.gateway()?;
        let (id, buyer) = (token.id, token.buyer_id);
        let keys = gateway.key_store.of_token(id, buyer).await?;
        let latest = PageRequest {
            after: None,
            limit: PageLimit::new(CALLS).unwrap_or_default(),
        };
        let calls = gateway.reader.of_token(id, buyer, latest).await?;
        let now = request.marketplace().clock.now();
        let called_at = callable_address(request, token.listing_id).await?;
        Ok(Some(Self {
            left: format::count(units.left()),
            open: format::count(units.open()),
            charged: format::count(units.charged()),
            terms_version: terms.to_string(),
            address: request.gateway_address(token.listing_id),
            command: curl(&called_at, PLACEHOLDER).to_string(),
            keys: keys.iter().map(|key| row(token, key, path)).collect(),
            calls: calls_table::table("The last calls, newest first", &calls.items),
            may_issue: token.status(now) == TokenStatus::Active,
        }))
    }
}

fn row(token: &Token, key: &AccessKeyInfo, path: &str) -> KeyRow {
    let name = key.name.as_ref().map(ToString::to_string);
    let unnamed = if key.is_first { "First key" } else { "Unnamed" };
    KeyRow {
        name: name.unwrap_or_else(|| unnamed.to_owned()),
        units: match key.max_units.map(Units::get) {
            Some(most) => format!(
                "{} of {}",
                format::count(key.taken_units),
                format::count(most)
            ),
            None => "No limit".to_owned(),
        },
        expires: format::instant(key.expires_at.unwrap_or(token.expires_at)),
        issued: format::instant(key.created_at),
        delete: format!("{path}/keys/{}/delete", key.id),
    }
}
