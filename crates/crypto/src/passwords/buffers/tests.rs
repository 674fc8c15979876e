use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;

impl BufferPool {
    /// Lengths of the buffers that are in the pool and not in use, in blocks.
    pub(in super::super) fn idle_lengths(&self) -> Vec<usize> {
        self.idle().iter().map(Vec::len).collect()
    }
}

/// Fills the buffer as a hash would.
fn scribble(buffer: &mut PooledBuffer<'_>) {
    for block in buffer.as_mut() {
        block.as_mut().fill(u64::MAX);
    }
}

fn is_zeroed(blocks: &[Block]) -> bool {
    blocks
        .iter()
        .all(|block| block.as_ref().iter().all(|word| *word == 0))
}

#[test]
fn a_returned_buffer_is_wiped_and_used_again() {
    let pool = BufferPool::new(8);
    assert!(pool.idle_lengths().is_empty(), "nothing before it is asked");
    let mut first = pool.acquire(8).unwrap();
    let address = first.as_mut().as_ptr();
    scribble(&mut first);
    drop(first);
    let mut second = pool.acquire(8).unwrap();
    assert_eq!(second.as_mut().as_ptr(), address);
    assert!(is_zeroed(second.as_mut()));
}

#[test]
fn as_many_buffers_are_kept_as_were_in_use_at_once() {
    let pool = BufferPool::new(8);
    let in_use: Vec<_> = (0..3).map(|_| pool.acquire(8).unwrap()).collect();
    assert!(pool.idle_lengths().is_empty());
    drop(in_use);
    assert_eq!(pool.idle_lengths(), [8, 8, 8]);
    for _ in 0..9 {
        drop(pool.acquire(8).unwrap());
    }
    assert_eq!(pool.idle_lengths(), [8, 8, 8]);
}

#[test]
fn a_smaller_need_is_met_from_the_pool() {
    let pool = BufferPool::new(16);
    assert_eq!(pool.acquire(8).unwrap().as_mut().len(), 16);
    assert_eq!(pool.acquire(16).unwrap().as_mut().len(), 16);
    assert_eq!(pool.idle_lengths(), [16]);
}

#[test]
fn a_larger_need_is_met_by_a_buffer_that_is_not_kept() {
    let pool = BufferPool::new(8);
    assert_eq!(pool.acquire(9).unwrap().as_mut().len(), 9);
    assert!(pool.idle_lengths().is_empty());
    drop(pool.acquire(8).unwrap());
    assert_eq!(pool.acquire(9).unwrap().as_mut().len(), 9);
    assert_eq!(pool.idle_lengths(), [8]);
}

#[test]
fn a_need_beyond_all_memory_is_an_error() {
    let pool = BufferPool::new(8);
    assert!(pool.acquire(usize::MAX).is_err());
    assert!(pool.acquire(usize::MAX / Block::SIZE / 2).is_err());
    assert!(pool.acquire(8).is_ok());
}

#[test]
fn a_buffer_is_wiped_and_returned_when_its_user_panics() {
    let pool = BufferPool::new(8);
    let work = AssertUnwindSafe(|| {
        let mut buffer = pool.acquire(8).unwrap();
        scribble(&mut buffer);
        panic!("on purpose");
    });
    assert!(catch_unwind(work).is_err());
    assert_eq!(pool.idle_lengths(), [8]);
    assert!(is_zeroed(pool.acquire(8).unwrap().as_mut()));
}
