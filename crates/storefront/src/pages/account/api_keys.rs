//! Keys by which programs act for the visitor's account.

use actix_web::http::StatusCode;
use askama::Template;
use strum::VariantArray;
use udam_domain::account::{AccountKeyInfo, AccountKeyName, Scope, Scopes};
use udam_domain::id::AccountKeyId;
use udam_domain::marketplace::{MakeKey, MakeKeyError};
use udam_domain::time::{Date, Timestamp, start_of};

use crate::error::PageError;
use crate::form::Form;
use crate::format;
use crate::layout::{Layout, Notice};
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// Path of the page.
const PATH: &str = "/account/api-keys";

#[derive(Template)]
#[template(path = "api_keys.html")]
struct ApiKeysPage {
    layout: Layout,
    form: Form,
    keys: Vec<KeyRow>,
    most: usize,
}

#[derive(Template)]
#[template(path = "api_key_made.html")]
struct MadePage<'a> {
    layout: Layout,
    name: String,
    scopes: String,
    /// Borrowed, so that the page is the only copy.
    api_key: &'a str,
}

/// A row of the table of keys.
struct KeyRow {
    id: String,
    name: String,
    scopes: String,
    made: String,
    expires: String,
    last_used: String,
}

impl From<&AccountKeyInfo> for KeyRow {
    fn from(key: &AccountKeyInfo) -> Self {
        let instant =
            |at: Option<Timestamp>| at.map_or_else(|| "Never".to_owned(), format::instant);
        Self {
            id: key.id.to_string(),
            name: key.name.to_string(),
            scopes: scopes(&key.scopes),
            made: format::instant(key.created_at),
            expires: instant(key.expires_at),
            last_used: instant(key.last_used_at),
        }
    }
}

/// Shows the keys.
pub(crate) async fn show(request: Request) -> PageResult {
    let notice = (request.flash() == "revoked")
        .then(|| Notice::success("The key is revoked: it is refused from now on."));
    let mut page = page(&request, Form::default()).await?;
    page.layout = page.layout.with_notice(notice);
    private(StatusCode::OK, &page)
}

/// Makes a key, and shows it in the response to the form: it is not shown again.
pub(crate) async fn make(mut request: Request) -> PageResult {
    let mut form = std::mem::take(&mut request.form);
    let signed_in = request.stepped_up()?;
    let Some(asked) = read(&mut form) else {
        return show_again(&request, form).await;
    };
    let keys = &request.marketplace().account_keys;
    match keys.make(request.actor()?, signed_in, asked).await {
        Ok((key, secret)) => {
            let page = MadePage {
                layout: request.layout(),
                name: key.name.to_string(),
                scopes: scopes(&key.scopes),
                api_key: secret.expose(),
            };
            private(StatusCode::OK, &page)
        }
        Err(MakeKeyError::ExpiresInPast) => {
            form.add_error("expires_on", "must not be a day that has passed");
            show_again(&request, form).await
        }
        Err(MakeKeyError::TooMany) => {
            let rule = "cannot be given to another key: revoke one that is not used any more";
            form.add_error("key_name", rule);
            show_again(&request, form).await
        }
        Err(MakeKeyError::StepUpRequired(_)) => Err(PageError::StepUpRequired {
            return_to: PATH.to_owned(),
        }),
        Err(MakeKeyError::Unavailable(error)) => Err(error.into()),
    }
}

/// Revokes a key. The response is the same whether it was revoked before or belongs to another account.
pub(crate) async fn revoke(request: Request) -> PageResult {
    let key: AccountKeyId = request.path_id()?;
    let keys = &request.marketplace().account_keys;
    keys.revoke(request.actor()?, key).await?;
    Ok(see_other(&request.with_flash(PATH, "revoked")))
}

fn read(form: &mut Form) -> Option<MakeKey> {
    let name = form.read::<AccountKeyName>("key_name");
    let ticked = Scope::VARIANTS.iter().copied();
    let ticked = ticked.filter(|scope| form.value(&field(*scope)) == "yes");
    let scopes = match Scopes::new(ticked.collect()) {
        Ok(scopes) => Some(scopes),
        Err(_none) => {
            form.add_error("scope_read", "must be at least one of these");
            None
        }
    };
    let expires_at = form.read_optional("expires_on", end_of_day);
    Some(MakeKey {
        name: name?,
        scopes: scopes?,
        expires_at: expires_at?,
    })
}

/// Name of the checkbox of a scope.
fn field(scope: Scope) -> String {
    format!("scope_{scope}")
}

/// The instant at which a day ends (UTC).
fn end_of_day(text: &str) -> Result<Timestamp, &'static str> {
    let day = text.parse::<Date>().ok();
    let next = day.and_then(|day| day.tomorrow().ok());
    next.map(start_of).ok_or("must be a day such as 2026-01-31")
}

fn scopes(scopes: &Scopes) -> String {
    let words = scopes.iter().map(|scope| match scope {
        Scope::Read => "Read",
        Scope::Buy => "Buy",
        Scope::Sell => "Sell",
    });
    words.collect::<Vec<_>>().join(", ")
}

async fn show_again(request: &Request, form: Form) -> PageResult {
    let page = page(request, form).await?;
    private(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn page(request: &Request, form: Form) -> Result<ApiKeysPage, PageError> {
    let account = request.signed_in()?.account.id;
    let keys = request
        .marketplace()
        .account_keys
        .of_account(account)
        .await?;
    Ok(ApiKeysPage {
        layout: request.layout(),
        form,
        keys: keys.iter().map(KeyRow::from).collect(),
        most: AccountKeyInfo::MOST,
    })
}
