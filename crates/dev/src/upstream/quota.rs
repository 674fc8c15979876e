use std::sync::{Mutex, PoisonError};

use super::answer::Refusal;

/// Most calls of a service in each second.
#[derive(Debug)]
pub(super) struct Quota {
    most: u32,
    /// The second that was counted last, and its calls.
    counted: Mutex<(i64, u32)>,
}

impl Quota {
    pub(super) const fn new(most: u32) -> Self {
        Self {
            most,
            counted: Mutex::new((0, 0)),
        }
    }

    /// Counts a call in a second since 1970.
    pub(super) fn count(&self, second: i64) -> Result<(), Refusal> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.0 != second {
            *counted = (second, 0);
        }
        if counted.1 >= self.most {
            return Err(Refusal::TooMany);
        }
        counted.1 += 1;
        Ok(())
    }
}
