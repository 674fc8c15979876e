//! The audit trail as one JSON object a line, <https://github.com/ndjson/ndjson-spec>, for programs that keep it elsewhere.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures::stream::{self, Stream, StreamExt, TryStreamExt};
use udam_domain::audit::{AuditQuery, AuditRecord};
use udam_domain::page::{Page, PageLimit, PageRequest};
use udam_domain::{AuditReader, StoreError};

use crate::wire::AuditEntryResponse;

/// Media type.
const MEDIA_TYPE: &str = "application/x-ndjson";

/// The response with all records that match, the newest first. They are read page by page as the client takes them, so that any
/// number of them needs the memory of one page. If reading fails on the way, the response breaks off.
///
/// # Errors
/// [`StoreError`], of reading the first page
pub(crate) async fn response(
    reader: Arc<dyn AuditReader>,
    query: AuditQuery,
) -> Result<HttpResponse, StoreError> {
    let lines = all_lines(reader, query).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, MEDIA_TYPE))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(lines))
}

async fn all_lines(
    reader: Arc<dyn AuditReader>,
    query: AuditQuery,
) -> Result<impl Stream<Item = Result<Bytes, StoreError>> + use<>, StoreError> {
    let first = page(reader.as_ref(), query, None).await?;
    let head = lines(first.items)?;
    let rest = stream::try_unfold(first.next, move |after| {
        let reader = Arc::clone(&reader);
        async move {
            if after.is_none() {
                return Ok(None);
            }
            let page = page(reader.as_ref(), query, after).await?;
            Ok(Some((lines(page.items)?, page.next)))
        }
    });
    Ok(stream::iter([Ok(head)]).chain(rest.into_stream()))
}

async fn page(
    reader: &dyn AuditReader,
    query: AuditQuery,
    after: Option<i64>,
) -> Result<Page<AuditRecord, i64>, StoreError> {
    let limit = PageLimit::MAX;
    reader.search(query, PageRequest { after, limit }).await
}

fn lines(records: Vec<AuditRecord>) -> Result<Bytes, StoreError> {
    let mut lines = String::new();
    for record in records {
        let line = serde_json::to_string(&AuditEntryResponse::from(record));
        lines.push_str(&line.map_err(|error| StoreError::Failed(error.into()))?);
        lines.push('\n');
    }
    Ok(Bytes::from(lines))
}

#[cfg(test)]
mod tests {
    use udam_domain::MockAuditReader;
    use udam_domain::audit::AuditAction;
    use udam_domain::mocks::account_id;
    use udam_domain::time::Timestamp;

    use super::*;

    fn record(number: i64) -> AuditRecord {
        AuditRecord {
            number,
            at: Timestamp::UNIX_EPOCH,
            action: AuditAction::AccountSuspended,
            account_id: Some(account_id(1)),
            address: "192.0.2.7".parse().ok(),
            subject: Some(account_id(2).uuid()),
            reason: Some("It is \"false\".\nReally.".to_owned()),
            before: Some("active".to_owned()),
            after: Some("suspended".to_owned()),
        }
    }

    #[actix_web::test]
    async fn every_record_is_a_line_however_many_pages_there_are() {
        let mut reader = MockAuditReader::new();
        reader.expect_search().returning(|_, page| {
            let number = page.after.unwrap_or(4) - 1;
            Ok(Page {
                items: vec![record(number)],
                next: (number > 1).then_some(number),
            })
        });
        let read = all_lines(Arc::new(reader), AuditQuery::default()).await;
        let read: Vec<Bytes> = read.unwrap().try_collect().await.unwrap();
        let text = String::from_utf8(read.concat()).unwrap();
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let numbers: Vec<_> = lines.iter().map(|line| line["number"].as_i64()).collect();
        assert_eq!(numbers, [Some(3), Some(2), Some(1)]);
        assert_eq!(lines[0]["subject"], account_id(2).to_string());
        assert_eq!(lines[0]["reason"], "It is \"false\".\nReally.");
        assert_eq!(lines[0]["after"], "suspended");
    }
}
