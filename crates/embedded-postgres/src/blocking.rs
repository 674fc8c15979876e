//! Awaiting from a blocking function.

use std::io;
use std::panic::resume_unwind;
use std::thread;

use tokio::runtime::Builder;

/// Runs a future to its end on a thread of its own, so that it works whether or not the caller is
/// inside a runtime: blocking on a runtime from within another one would panic.
pub(crate) fn wait_for<T: Send>(future: impl Future<Output = T> + Send) -> io::Result<T> {
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            Ok(runtime.block_on(future))
        });
        worker
            .join()
            .unwrap_or_else(|panicked| resume_unwind(panicked))
    })
}

#[cfg(test)]
mod tests {
    use super::wait_for;

    #[test]
    fn a_future_is_awaited_outside_of_a_runtime() {
        assert_eq!(wait_for(async { 7 }).unwrap(), 7);
    }

    #[tokio::test]
    async fn a_future_is_awaited_inside_of_a_runtime() {
        assert_eq!(wait_for(async { 7 }).unwrap(), 7);
    }
}
