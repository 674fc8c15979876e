//! The allocator of the server, mimalloc. A program that links this crate allocates with it.
//!
//! Requests allocate much, on several threads: with the allocator of glibc, whose arenas the threads share, a call through
//! the gateway took a tenth more time. jemalloc was as fast, and needs `make` to be built.
//!
//! This is a crate of its own because [`give_back_at_once`] calls into C, and no other crate may.

use libmimalloc_sys::{mi_option_set, mi_option_t};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// `mi_option_purge_delay` of mimalloc 2, which the bindings do not name.
const PURGE_DELAY: mi_option_t = 15;

/// Gives memory back to the system as soon as it is free.
///
/// By default, mimalloc gives it back when it is asked for other memory later. An idle server would keep what it has hashed
/// passwords with: 19 MiB for each thread that has.
pub fn give_back_at_once() {
    #[expect(unsafe_code, reason = "the bindings have no safe call for it")]
    // SAFETY: the option exists, and may be set at any time.
    unsafe {
        mi_option_set(PURGE_DELAY, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Resident memory of this process, in KiB.
    fn resident() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        number.unwrap().parse().unwrap()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn memory_that_is_free_goes_back() {
        const KIB: usize = 1024;
        give_back_at_once();
        let before = resident();
        let used = vec![1_u8; 64 * 1024 * KIB];
        let with_it = resident();
        assert!(with_it > before + 60 * 1024, "{before} {with_it}");
        drop(used);
        let after = resident();
        assert!(after < before + 8 * 1024, "{before} {after}");
    }
}
