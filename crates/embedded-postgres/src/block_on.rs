//! Awaiting a future from blocking code.

use std::io;
use std::panic::resume_unwind;
use std::thread;

use tokio::runtime::Builder;

/// Runs a future to completion on a thread and a runtime of its own. It works inside of a runtime as
/// well, where `Runtime::block_on` panics.
pub(crate) fn block_on<T: Send>(future: impl Future<Output = T> + Send) -> io::Result<T> {
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
    use super::block_on;

    #[test]
    fn a_future_completes_outside_of_a_runtime() {
        assert_eq!(block_on(async { 7 }).unwrap(), 7);
    }

    #[tokio::test]
    async fn a_future_completes_inside_of_a_runtime() {
        assert_eq!(block_on(async { 7 }).unwrap(), 7);
    }
}
