use std::cell::Cell;
use std::rc::Rc;

/// Progress of the current request of a connection. The connection and its requests share it, on one thread.
#[derive(Debug, Clone, Default)]
pub struct ConnectionState(Rc<Cell<Phase>>);

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
        self.0.get() == Phase::Closing
    }

    /// Whether the current request has arrived whole, so that its client is not waited for.
    #[must_use]
    pub fn is_waiting_for_us(&self) -> bool {
        self.0.get() == Phase::Arrived
    }

    /// The response has been sent: the next request is waited for, unless the connection closes.
    pub fn response_was_sent(&self) {
        self.leave_open(Phase::Receiving);
    }

    /// The current request has arrived whole.
    pub fn request_has_arrived(&self) {
        self.leave_open(Phase::Arrived);
    }

    /// The response that has been made is the last.
    pub fn close(&self) {
        self.0.set(Phase::Closing);
    }

    fn leave_open(&self, phase: Phase) {
        if !self.is_closing() {
            self.0.set(phase);
        }
    }
}

#[cfg(test)]
mod tests {
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
}
