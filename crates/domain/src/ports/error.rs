use std::error::Error;

use crate::money::MoneyError;

/// Why a store failed.
///
/// The causes are for the log. They name no technology that a caller could depend on.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It has more to do than it can, and nothing happened; the same call may succeed in a moment.
    #[error("the store has more to do than it can")]
    Overloaded,
    /// It could not be reached, or did not respond. The call has happened whole or not at all.
    #[error("the store could not be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// The operation failed, and nothing happened. A row that is not there and has to be, such as the account of
    /// a new listing's seller, is this.
    #[error("the store could not carry out the operation")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

/// Stored amounts that do not add up: the operation is abandoned.
impl From<MoneyError> for StoreError {
    fn from(error: MoneyError) -> Self {
        Self::Failed(Box::new(error))
    }
}
