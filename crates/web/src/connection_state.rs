use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Progress of the current request of a connection. The connection and its requests share it, on one thread.
#[derive(Debug, Clone, Default)]
pub struct ConnectionState(Rc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    phase: Cell<Phase>,
    is_streaming: Cell<bool>,
    client_has_left: Cell<bool>,
    waiting: RefCell<Option<Waker>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    /// There is none, or not all of it has arrived.
    #[default]
    Receiving,
    /// It has arrived whole.
    Arrived,
    /// It has its response, and there is none after it.
    Closing,
}

impl ConnectionState {
    /// Whether the connection closes after a response that has been made: nothing more is to be read of it.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.0.phase.get() == Phase::Closing
    }

    /// Whether the client is not waited for: the current request has arrived whole, or [is streamed](Self::stream).
    #[must_use]
    pub fn is_waiting_for_us(&self) -> bool {
        self.0.phase.get() == Phase::Arrived || self.is_streaming()
    }

    /// The response has been sent: the next request is waited for, unless the connection closes.
    pub fn response_was_sent(&self) {
        if !self.is_streaming() {
            self.leave_open(Phase::Receiving);
        }
    }

    /// The current request has arrived whole.
    pub fn request_has_arrived(&self) {
        self.leave_open(Phase::Arrived);
    }

    /// The response that has been made is the last.
    pub fn close(&self) {
        self.0.phase.set(Phase::Closing);
    }

    /// The current request and its response are streams until the returned value is dropped: who has it limits how long
    /// the client is waited for, and may read the request while the response is sent. If the request has not arrived
    /// whole by then, the connection closes.
    #[must_use]
    pub fn stream(&self) -> Streaming {
        self.0.is_streaming.set(true);
        Streaming(self.clone())
    }

    /// Whether the current request and its response are streams.
    #[must_use]
    pub fn is_streaming(&self) -> bool {
        self.0.is_streaming.get()
    }

    /// The client has closed its side of the connection, or all of it.
    pub fn client_has_left(&self) {
        self.0.client_has_left.set(true);
        if let Some(waker) = self.0.waiting.take() {
            waker.wake();
        }
    }

    /// Ready once the client has closed its side of the connection, or all of it. Wakes the last task that has asked.
    pub fn poll_client_left(&self, context: &mut Context<'_>) -> Poll<()> {
        if self.0.client_has_left.get() {
            return Poll::Ready(());
        }
        let mut waiting = self.0.waiting.borrow_mut();
        match waiting.as_mut() {
            Some(waker) => waker.clone_from(context.waker()),
            None => *waiting = Some(context.waker().clone()),
        }
        Poll::Pending
    }

    fn leave_open(&self, phase: Phase) {
        if !self.is_closing() {
            self.0.phase.set(phase);
        }
    }
}

/// A request and a response that [are streams](ConnectionState::stream).
#[derive(Debug)]
pub struct Streaming(ConnectionState);

impl Drop for Streaming {
    fn drop(&mut self) {
        let Self(state) = self;
        state.0.is_streaming.set(false);
        if state.0.phase.get() == Phase::Receiving {
            state.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use futures::future::poll_fn;

    use super::*;

    #[test]
    fn a_closing_connection_is_never_opened_again() {
        let state = ConnectionState::default();
        assert!(!state.is_waiting_for_us() && !state.is_closing());
        state.request_has_arrived();
        assert!(state.is_waiting_for_us());
        state.response_was_sent();
        assert!(!state.is_waiting_for_us());
        state.close();
        state.request_has_arrived();
        state.response_was_sent();
        assert!(state.is_closing());
    }

    #[test]
    fn the_client_of_a_stream_is_not_waited_for_whatever_has_been_sent() {
        let state = ConnectionState::default();
        let streaming = state.stream();
        assert!(state.is_waiting_for_us());
        state.response_was_sent();
        state.request_has_arrived();
        state.response_was_sent();
        assert!(state.is_waiting_for_us() && state.is_streaming());
        drop(streaming);
        assert!(!state.is_streaming() && !state.is_closing());
        state.response_was_sent();
        assert!(!state.is_waiting_for_us());
    }

    #[test]
    fn a_stream_whose_request_has_not_arrived_is_the_last() {
        let state = ConnectionState::default();
        drop(state.stream());
        assert!(state.is_closing());
    }

    #[test]
    fn who_waits_for_the_client_to_leave_is_woken() {
        let state = ConnectionState::default();
        let (woken, waker) = flagged_waker();
        let mut left = Box::pin(poll_fn(|context| state.poll_client_left(context)));
        assert!(
            left.poll_unpin(&mut Context::from_waker(&waker))
                .is_pending()
        );
        assert!(!woken.load(std::sync::atomic::Ordering::Relaxed));
        state.client_has_left();
        assert!(woken.load(std::sync::atomic::Ordering::Relaxed));
        assert!(left.poll_unpin(&mut Context::from_waker(&waker)).is_ready());
    }

    /// A waker, and whether it has been woken.
    fn flagged_waker() -> (std::sync::Arc<std::sync::atomic::AtomicBool>, Waker) {
        use std::sync::Arc;
        use std::sync::atomic::{AtomicBool, Ordering};
        use std::task::Wake;

        struct Flag(Arc<AtomicBool>);
        impl Wake for Flag {
            fn wake(self: Arc<Self>) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        let woken = Arc::new(AtomicBool::new(false));
        let waker = Arc::new(Flag(Arc::clone(&woken))).into();
        (woken, waker)
    }
}
