use futures::FutureExt;
use udam_domain::StoreError;
use udam_domain::id::CallId;
use udam_domain::time::Timestamp;
use uuid::Uuid;

use crate::pool::PgPool;

/// Moves the deadlines of open calls.
pub(super) async fn extend(
    pool: &PgPool,
    calls: &[CallId],
    deadline: Timestamp,
) -> Result<(), StoreError> {
    // A call whose row is locked is ending. Waiting for it here, with the locks of others, could deadlock with the batch
    // that ends it.
    const EXTEND: &str = "\
-- gateway::extend::extend
UPDATE open_calls SET deadline = $2
FROM (SELECT id FROM open_calls WHERE id = ANY ($1) FOR NO KEY UPDATE SKIP LOCKED) AS running
WHERE open_calls.id = running.id";

    if calls.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = calls.iter().map(|id| id.uuid()).collect();
    pool.transaction(|tx| {
        let ids = &ids;
        async move {
            tx.run(EXTEND, &[ids, &deadline]).await?;
            Ok(())
        }
        .boxed()
    })
    .await
}
