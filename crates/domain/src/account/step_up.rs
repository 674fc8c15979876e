use thiserror::Error;

use crate::time::{SignedDuration, Timestamp, after};

/// A session that was given a code of the second factor too long ago, or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the second factor must be given again")]
pub struct StepUpRequired;

/// Time for which a proof of the second factor holds, for what asks for a recent one.
pub const PROOF_HOLDS_FOR: SignedDuration = SignedDuration::from_mins(15);

/// Whether a session that has last proved the factor at `proved_at` has done so recently.
///
/// # Errors
/// [`StepUpRequired`]
pub fn check_proof(proved_at: Option<Timestamp>, now: Timestamp) -> Result<(), StepUpRequired> {
    match proved_at {
        Some(proved_at) if now < after(proved_at, PROOF_HOLDS_FOR) => Ok(()),
        _ => Err(StepUpRequired),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::at;

    #[test]
    fn a_proof_holds_for_a_quarter_of_an_hour() {
        assert!(check_proof(Some(at(100)), at(100)).is_ok());
        assert!(check_proof(Some(at(100)), at(999)).is_ok());
        assert_eq!(check_proof(Some(at(100)), at(1_000)), Err(StepUpRequired));
        assert_eq!(check_proof(None, at(0)), Err(StepUpRequired));
        // By the clock of another server, it may lie ahead.
        assert!(check_proof(Some(at(101)), at(100)).is_ok());
    }
}
