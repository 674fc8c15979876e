//! All that is stored of a person, as one JSON document: written a page at a time, so that it may be of any size.

mod shapes;

use std::future::Future;
use std::pin::Pin;

use actix_web::HttpResponse;
use actix_web::http::header::{
    self, ContentDisposition, ContentType, DispositionParam, DispositionType,
};
use actix_web::web::Bytes;
use futures::stream::{self, Stream, StreamExt};
use serde_json::Value;
use udam_domain::id::AccountId;
use udam_domain::order::SalesPeriod;
use udam_domain::page::{Page, PageLimit, PageRequest};
use udam_domain::{Marketplace, StoreError};

/// Name of the file that browsers save it as.
const FILE_NAME: &str = "udam-account.json";

type Chunk = Result<Bytes, StoreError>;
type Chunks = Pin<Box<dyn Stream<Item = Chunk>>>;

/// Responds with the document of an account, as a file to be saved. It ends early if the store fails, and is no JSON then.
#[must_use]
pub fn export(marketplace: &Marketplace, account: AccountId) -> HttpResponse {
    let file = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(FILE_NAME.to_owned())],
    };
    HttpResponse::Ok()
        .insert_header(ContentType::json())
        .insert_header((header::CONTENT_DISPOSITION, file))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(document(marketplace, account))
}

fn document(marketplace: &Marketplace, account: AccountId) -> impl Stream<Item = Chunk> + use<> {
    let market = marketplace.clone();
    let head = stream::once(async move { head(&market, account).await });
    let lists = stream::iter(lists(marketplace, account)).flatten();
    let end = stream::once(async { Ok(Bytes::from_static(b"}\n")) });
    head.chain(lists).chain(end)
}

async fn head(marketplace: &Marketplace, account: AccountId) -> Chunk {
    let record = marketplace.personal_data.record(account).await?;
    let preferences = marketplace.subscriptions.of(account).await?;
    let keys = marketplace.account_keys.of_account(account).await?;
    let account = record.map_or(Value::Null, |record| shapes::account(&record));
    let preferences = shapes::preferences(&preferences);
    let keys: Value = keys.iter().map(shapes::api_key).collect();
    let head =
        format!("{{\"account\":{account},\"mail_preferences\":{preferences},\n\"api_keys\":{keys}");
    Ok(head.into())
}

fn lists(marketplace: &Marketplace, id: AccountId) -> Vec<Chunks> {
    let market = || marketplace.clone();
    let (of_sessions, of_orders, of_sales) = (market(), market(), market());
    let (of_tokens, of_listings) = (market(), market());
    let (of_audit, of_complaints) = (market(), market());
    vec![
        list("sessions", shapes::session, move |page| {
            let market = of_sessions.clone();
            async move { market.sessions.of_account(id, page).await }
        }),
        list("orders", shapes::order, move |page| {
            let market = of_orders.clone();
            async move { market.readers.orders.of_buyer(id, page).await }
        }),
        list("sales", shapes::sale, move |page| {
            let market = of_sales.clone();
            let all = SalesPeriod::default();
            async move { market.readers.orders.of_seller(id, all, page).await }
        }),
        list("tokens", shapes::token, move |page| {
            let market = of_tokens.clone();
            async move { market.readers.tokens.of_buyer(id, page).await }
        }),
        list("listings", shapes::listing, move |page| {
            let market = of_listings.clone();
            async move { market.readers.listings.of_seller(id, page).await }
        }),
        list(
            "actions",
            move |record| shapes::action(record, id),
            move |page| {
                let market = of_audit.clone();
                async move { market.readers.audit.of_account(id, page).await }
            },
        ),
        list("complaints", shapes::complaint, move |page| {
            let market = of_complaints.clone();
            async move { market.personal_data.complaints(id, page).await }
        }),
    ]
}

/// The page of a list that is next.
enum Next<P> {
    First,
    After(P),
    Ended,
}

/// Progress of writing a list.
struct Progress<P> {
    next: Next<P>,
    has_begun: bool,
    has_items: bool,
}

/// A member of the document: all pages of a list, each in the shape that `show` gives its items.
fn list<T, P, F>(
    name: &'static str,
    show: impl Fn(&T) -> Value + Clone + 'static,
    read: impl Fn(PageRequest<P>) -> F + 'static,
) -> Chunks
where
    T: 'static,
    P: Copy + 'static,
    F: Future<Output = Result<Page<T, P>, StoreError>> + 'static,
{
    let begun = Progress {
        next: Next::First,
        has_begun: false,
        has_items: false,
    };
    let chunks = stream::unfold(
        (begun, read, show),
        move |(mut progress, read, show)| async move {
            let after = match std::mem::replace(&mut progress.next, Next::Ended) {
                Next::First => None,
                Next::After(position) => Some(position),
                Next::Ended => return None,
            };
            let page = PageRequest {
                after,
                limit: PageLimit::MAX,
            };
            let page = match read(page).await {
                Ok(page) => page,
                Err(error) => return Some((Err(error), (progress, read, show))),
            };
            let mut text = String::new();
            if !progress.has_begun {
                text = format!(",\n\"{name}\":[");
                progress.has_begun = true;
            }
            for item in &page.items {
                if progress.has_items {
                    text.push(',');
                }
                text.push_str(&show(item).to_string());
                progress.has_items = true;
            }
            match page.next {
                Some(position) => progress.next = Next::After(position),
                None => text.push(']'),
            }
            Some((Ok(Bytes::from(text)), (progress, read, show)))
        },
    );
    Box::pin(chunks)
}

#[cfg(test)]
mod tests;
