#[cfg(test)]
mod tests;

use std::collections::TryReserveError;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::Block;
use zeroize::Zeroize as _;

/// In blocks of 1 KiB. What glibc is asked for above 32 MiB, it maps apart, and unmaps once freed. Of
/// less, it may keep several times as much.
const UNMAPPED_ONCE_FREED: usize = 33 * 1_024;

/// The memory that hashes are worked out in, kept from one to the next.
///
/// Asked for anew each time, tens of megabytes from whichever thread, it would soon have the
/// allocator hold many times what is in use. As many buffers are kept as were ever lent at once.
pub(super) struct BlockPool {
    /// Of each buffer that is kept, in blocks of 1 KiB.
    length: usize,
    kept: Mutex<Vec<Vec<Block>>>,
}

impl BlockPool {
    /// Keeps buffers of this length. There are none before the first is lent.
    pub(super) const fn new(length: usize) -> Self {
        Self {
            length,
            kept: Mutex::new(Vec::new()),
        }
    }

    /// A buffer of at least this length, until the loan is dropped.
    ///
    /// Work that needs more than the kept buffers have is lent one that is freed after it.
    pub(super) fn lend(&self, length: usize) -> Result<Loan<'_>, TryReserveError> {
        let blocks = if length > self.length {
            allocate(length, length.max(UNMAPPED_ONCE_FREED))?
        } else {
            let kept = self.kept().pop();
            kept.map_or_else(|| allocate(self.length, self.length), Ok)?
        };
        Ok(Loan { pool: self, blocks })
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        // A push or a pop is done or not: there is nothing half done to fear.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A buffer that is wiped and given back when this is dropped, were it by a panic.
pub(super) struct Loan<'pool> {
    pool: &'pool BlockPool,
    blocks: Vec<Block>,
}

impl AsMut<[Block]> for Loan<'_> {
    fn as_mut(&mut self) -> &mut [Block] {
        &mut self.blocks
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut blocks = mem::take(&mut self.blocks);
        // Whoever reads what a hash leaves behind can try passwords at less than its cost.
        for block in &mut blocks {
            block.zeroize();
        }
        if blocks.len() == self.pool.length {
            self.pool.kept().push(blocks);
        }
    }
}

/// Says so where there is no memory: a stored hash may ask for terabytes.
fn allocate(length: usize, capacity: usize) -> Result<Vec<Block>, TryReserveError> {
    let mut blocks = Vec::new();
    blocks.try_reserve_exact(capacity)?;
    blocks.resize(length, Block::new());
    Ok(blocks)
}
