//! Uses up a proof of a second factor, once on all servers together.

use udam_domain::account::{FactorChange, UsedFactor};
use udam_domain::audit::{Actor, AuditAction};
use udam_domain::id::SecondFactorId;
use udam_domain::time::Timestamp;

use super::change::tell;
use super::stored_step;
use crate::audit;
use crate::transaction::{Parameters, Transaction, TxResult};

/// Uses up a proof of the confirmed factor `active`. Returns `false` if it was used before, or is one of another factor. The
/// account is locked.
pub(super) async fn use_up(
    tx: &Transaction<'_>,
    actor: &Actor,
    active: Option<SecondFactorId>,
    used: &UsedFactor,
    at: Timestamp,
) -> TxResult<bool> {
    // Codes of earlier steps go with it.
    const USE_STEP: &str = "\
-- second_factors::proof::use_up, code
UPDATE totp_secrets SET last_step = $3 WHERE id = $1 AND account_id = $2 AND last_step < $3";
    const USE_CODE: &str = "\
-- second_factors::proof::use_up, recovery code
DELETE FROM recovery_codes WHERE account_id = $1 AND digest = $2";

    let account = actor.account_id.uuid();
    if active.is_none() {
        return Ok(false);
    }
    match used {
        UsedFactor::Code { factor, step } => {
            if active != Some(*factor) {
                return Ok(false);
            }
            let step: Parameters<'_> = &[&factor.uuid(), &account, &stored_step(*step)];
            Ok(tx.run(USE_STEP, step).await? > 0)
        }
        UsedFactor::Recovery(digest) => {
            let digest = digest.as_bytes().as_slice();
            if tx.run(USE_CODE, &[&account, &digest]).await? == 0 {
                return Ok(false);
            }
            let action = AuditAction::RecoveryCodeUsed;
            audit::record(tx, action, actor, at, account).await?;
            let address = actor.address;
            tell(tx, actor.account_id, FactorChange::CodeUsed, at, address).await?;
            Ok(true)
        }
    }
}
