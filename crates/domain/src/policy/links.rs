use crate::time::SignedDuration;

/// How many mails may be sent to an address because somebody has given it, whoever that was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkLimit {
    /// Most mails.
    pub most: u32,
    /// Time within which they are counted.
    pub within: SignedDuration,
}

impl Default for LinkLimit {
    /// Five in an hour.
    fn default() -> Self {
        Self {
            most: 5,
            within: SignedDuration::from_hours(1),
        }
    }
}

/// What an account may do whose address is not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verification {
    /// All that others may do: no mail is sent, by which it could be verified.
    #[default]
    Impossible,
    /// All that others may do: mail is sent, and nothing depends on it.
    Optional,
    /// Neither buy on a tab nor publish listings. Who registers does not have an account before its address is verified.
    Required,
}
