use std::error::Error;

use crate::money::MoneyError;

/// Why a store could not do what it was asked.
///
/// The causes are for the log. They name no technology that a caller could depend on.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It has more to do than it can; the same call may pass in a moment.
    #[error("the store has more to do than it can")]
    Overloaded,
    /// It could not be reached, or fell silent. What was asked may or may not have happened.
    #[error("the store could not be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// It refused or broke the operation; nothing happened.
    #[error("the store could not carry out the operation")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

/// Stored amounts that do not add up: the operation is abandoned.
impl From<MoneyError> for StoreError {
    fn from(error: MoneyError) -> Self {
        Self::Failed(Box::new(error))
    }
}
