//! Writing the end of a charge that can no longer be paid.

use udam_domain::Applied;
use udam_domain::id::ChargeId;
use udam_domain::mail::MailKind;
use udam_domain::payment::{self, ChargeEnd, EndingCharge, ProviderReference};
use udam_domain::time::Timestamp;

use super::charge;
use super::locked::lock;
use crate::mails::{self, Facts, NewMail};
use crate::orders::write_moves;
use crate::transaction::{Transaction, TxResult};

const END: &str = "\
-- payments::end
UPDATE charges SET payable = false, state = $2 WHERE id = $1";

pub(super) async fn end(
    tx: &Transaction<'_>,
    charge_id: ChargeId,
    session: Option<&ProviderReference>,
    why: ChargeEnd,
    at: Timestamp,
) -> TxResult<Applied> {
    let Some(locked) = lock(tx, charge_id).await? else {
        return Ok(Applied::Ignored);
    };
    let known = locked.row.charge.session.as_ref();
    let ending = EndingCharge {
        state: locked.row.state,
        session: known.map(|session| session.reference.clone()),
        order: locked.own.as_ref().map(|own| own.state),
    };
    let Some(ended) = payment::end_charge(&ending, session, why) else {
        return Ok(Applied::Ignored);
    };
    if let (Some(own), Some(step)) = (&locked.own, ended.order) {
        write_moves(tx, &[(own, step)], at, None).await?;
        let unpaid = NewMail {
            kind: MailKind::PaymentFailed,
            subject: own.id.uuid().to_string(),
            account: Some(own.buyer_id),
            email: None,
            facts: Facts::default(),
            at,
        };
        mails::enqueue(tx, unpaid).await?;
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
    end(tx, charge_id, None, ChargeEnd::Expired, at)
        .await
        .map(drop)
}
