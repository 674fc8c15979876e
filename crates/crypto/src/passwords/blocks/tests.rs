use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;

impl BlockPool {
    /// Of the buffers that are kept and not lent, in blocks.
    pub(in super::super) fn kept_lengths(&self) -> Vec<usize> {
        self.kept().iter().map(Vec::len).collect()
    }
}

/// What work leaves behind.
fn scribble(loan: &mut Loan<'_>) {
    for block in loan.as_mut() {
        block.as_mut().fill(u64::MAX);
    }
}

fn is_blank(blocks: &[Block]) -> bool {
    blocks
        .iter()
        .all(|block| block.as_ref().iter().all(|word| *word == 0))
}

#[test]
fn what_was_lent_is_lent_again_and_blank() {
    let pool = BlockPool::new(8);
    assert!(pool.kept_lengths().is_empty(), "nothing before it is asked");
    let mut first = pool.lend(8).unwrap();
    let place = first.as_mut().as_ptr();
    scribble(&mut first);
    drop(first);
    let mut second = pool.lend(8).unwrap();
    assert_eq!(second.as_mut().as_ptr(), place);
    assert!(is_blank(second.as_mut()));
}

#[test]
fn as_many_are_kept_as_were_lent_at_once() {
    let pool = BlockPool::new(8);
    let loans: Vec<_> = (0..3).map(|_| pool.lend(8).unwrap()).collect();
    assert!(pool.kept_lengths().is_empty());
    drop(loans);
    assert_eq!(pool.kept_lengths(), [8, 8, 8]);
    for _ in 0..9 {
        drop(pool.lend(8).unwrap());
    }
    assert_eq!(pool.kept_lengths(), [8, 8, 8]);
}

#[test]
fn work_that_needs_less_is_lent_what_is_kept() {
    let pool = BlockPool::new(16);
    assert_eq!(pool.lend(8).unwrap().as_mut().len(), 16);
    assert_eq!(pool.lend(16).unwrap().as_mut().len(), 16);
    assert_eq!(pool.kept_lengths(), [16]);
}

#[test]
fn work_that_needs_more_is_lent_more_which_is_not_kept() {
    let pool = BlockPool::new(8);
    assert_eq!(pool.lend(9).unwrap().as_mut().len(), 9);
    assert!(pool.kept_lengths().is_empty());
    drop(pool.lend(8).unwrap());
    assert_eq!(pool.lend(9).unwrap().as_mut().len(), 9);
    assert_eq!(pool.kept_lengths(), [8]);
}

#[test]
fn more_than_there_can_be_is_refused() {
    let pool = BlockPool::new(8);
    assert!(pool.lend(usize::MAX).is_err());
    assert!(pool.lend(usize::MAX / Block::SIZE / 2).is_err());
    assert!(pool.lend(8).is_ok());
}

#[test]
fn work_that_panics_gives_its_memory_back_and_blank() {
    let pool = BlockPool::new(8);
    let work = AssertUnwindSafe(|| {
        let mut loan = pool.lend(8).unwrap();
        scribble(&mut loan);
        panic!("on purpose");
    });
    assert!(catch_unwind(work).is_err());
    assert_eq!(pool.kept_lengths(), [8]);
    assert!(is_blank(pool.lend(8).unwrap().as_mut()));
}
