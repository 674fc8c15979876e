//! The memory that Argon2 works in, kept from one hash to the next.

#[cfg(test)]
mod tests;

use std::collections::TryReserveError;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::Block;
use zeroize::Zeroize as _;

/// Capacity in blocks of 1 KiB above which glibc maps an allocation by itself and unmaps it when it
/// is freed (`M_MMAP_THRESHOLD` grows to 32 MiB at most). Of smaller ones it may retain several
/// times the memory in use.
const UNMAPPED_WHEN_FREED: usize = 33 * 1_024;

/// A pool of equally long buffers.
///
/// It grows to the number of buffers that were ever in use at once. A buffer for each thread would
/// hold more: a thread pool spreads even consecutive jobs over its threads.
pub(super) struct BufferPool {
    /// Length of each pooled buffer, in blocks of 1 KiB.
    length: usize,
    idle: Mutex<Vec<Vec<Block>>>,
}

impl BufferPool {
    /// An empty pool for buffers of this length, in blocks of 1 KiB.
    pub(super) const fn new(length: usize) -> Self {
        Self {
            length,
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Takes a zeroed buffer of at least this length from the pool, or allocates one.
    ///
    /// A buffer longer than the pool's is freed after use instead of being pooled.
    pub(super) fn acquire(&self, length: usize) -> Result<PooledBuffer<'_>, TryReserveError> {
        let blocks = if length > self.length {
            allocate(length, length.max(UNMAPPED_WHEN_FREED))?
        } else {
            let idle = self.idle().pop();
            idle.map_or_else(|| allocate(self.length, self.length), Ok)?
        };
        Ok(PooledBuffer { pool: self, blocks })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        // A panic cannot leave a push or a pop half done.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A buffer in use. When dropped, also by a panic, it is wiped and returned to its pool.
pub(super) struct PooledBuffer<'pool> {
    pool: &'pool BufferPool,
    blocks: Vec<Block>,
}

impl AsMut<[Block]> for PooledBuffer<'_> {
    fn as_mut(&mut self) -> &mut [Block] {
        &mut self.blocks
    }
}

impl Drop for PooledBuffer<'_> {
    fn drop(&mut self) {
        let mut blocks = mem::take(&mut self.blocks);
        // What a hash leaves in memory lets a reader test passwords at less than the hash's cost.
        for block in &mut blocks {
            block.zeroize();
        }
        if blocks.len() == self.pool.length {
            self.pool.idle().push(blocks);
        }
    }
}

/// Fails where memory is short, instead of aborting: a stored hash may ask for terabytes.
fn allocate(length: usize, capacity: usize) -> Result<Vec<Block>, TryReserveError> {
    let mut blocks = Vec::new();
    blocks.try_reserve_exact(capacity)?;
    blocks.resize(length, Block::new());
    Ok(blocks)
}
