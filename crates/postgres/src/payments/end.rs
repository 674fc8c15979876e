//! Writing the end of a charge that can no longer be paid.

use udam_domain::Applied;
use udam_domain::id::ChargeId;
use udam_domain::payment::{self, ChargeEnd};
use udam_domain::time::Timestamp;

use super::charge;
use super::locked::lock;
use crate::orders::write_moves;
use crate::transaction::{Transaction, TxResult};

const END: &str = "\
-- payments::end
UPDATE charges SET payable = false, state = $2 WHERE id = $1";

pub(super) async fn end(
    tx: &Transaction<'_>,
    charge_id: ChargeId,
    why: ChargeEnd,
    at: Timestamp,
) -> TxResult<Applied> {
    let Some(locked) = lock(tx, charge_id).await? else {
        return Ok(Applied::Ignored);
    };
    let order = locked.own.as_ref().map(|own| own.state);
    let Some(ended) = payment::end_charge(locked.row.state, order, why) else {
        return Ok(Applied::Ignored);
    };
    if let (Some(own), Some(step)) = (&locked.own, ended.order) {
        write_moves(tx, &[(own, step)], at, None).await?;
    }
    let state: &str = ended.state.into();
    tx.run(END, &[&charge_id.uuid(), &state]).await?;
    charge::let_go(tx, &[charge_id.uuid()]).await?;
    Ok(Applied::Done)
}

/// Ends a charge as if the provider had reported its session as expired.
pub(super) async fn expire(
    tx: &Transaction<'_>,
    charge_id: ChargeId,
    at: Timestamp,
) -> TxResult<()> {
    end(tx, charge_id, ChargeEnd::Expired, at).await.map(drop)
}
