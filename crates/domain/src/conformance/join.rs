use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// Polls these futures in turn until all are done, and returns their outputs in the same order.
pub(super) async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut pending: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = pending.iter().map(|_| None).collect();
    poll_fn(move |context| {
        for (future, output) in pending.iter_mut().zip(&mut done) {
            if output.is_none()
                && let Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *output = Some(ready);
            }
        }
        if done.iter().all(Option::is_some) {
            Poll::Ready(done.drain(..).flatten().collect())
        } else {
            Poll::Pending
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures::executor::block_on;

    use super::*;

    /// Is ready once it has been polled `turns` times more.
    async fn after(turns: u32, log: &Cell<u32>) -> u32 {
        let mut left = turns;
        poll_fn(|context| {
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            log.set(log.get() + 1);
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        turns
    }

    #[test]
    fn outputs_come_in_the_order_of_the_futures_and_none_is_polled_when_done() {
        let polled = Cell::new(0);
        let joined = join_all([3, 0, 1].map(|turns| after(turns, &polled)));
        assert_eq!(block_on(joined), [3, 0, 1]);
        assert_eq!(polled.get(), 4);
        let none: [std::future::Ready<u8>; 0] = [];
        assert_eq!(block_on(join_all(none)), []);
    }
}
