//! State that a proxy shares with its connections.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use udam_testkit::SeededRng;

use super::fault::ProxyFault;
use super::inspector::Inspector;

/// Draws the fault of a connection; `None` spares it.
pub(crate) type Draw = fn(&mut SeededRng) -> Option<ProxyFault>;

/// The target and the faults of a proxy.
#[derive(Debug, Default)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// Connections affected in the present period of faults.
    affected: AtomicUsize,
}

#[derive(Debug, Default)]
struct State {
    /// Address of the server; `None` until it has been started once.
    target: Option<SocketAddr>,
    /// Number of the period with or without faults, by which connections notice that it has changed.
    period: usize,
    /// `None` while nothing fails.
    faults: Option<(Draw, SeededRng)>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn target(&self) -> Option<SocketAddr> {
        self.state().target
    }

    pub(super) fn forward_to(&self, server: SocketAddr) {
        self.state().target = Some(server);
    }

    pub(super) fn start_faults(&self, rng: SeededRng, draw: Draw) {
        let mut state = self.state();
        self.affected.store(0, Ordering::Relaxed);
        state.faults = Some((draw, rng));
        state.period = state.period.wrapping_add(1);
    }

    pub(super) fn stop_faults(&self) -> usize {
        let mut state = self.state();
        state.faults = None;
        state.period = state.period.wrapping_add(1);
        self.affected.load(Ordering::Relaxed)
    }

    pub(super) fn count_affected(&self) {
        self.affected.fetch_add(1, Ordering::Relaxed);
    }

    /// Gives a connection a new inspector if faults have started or stopped since it was inspected last.
    pub(super) fn update(&self, period: &mut Option<usize>, inspector: &mut Inspector) {
        let mut state = self.state();
        if *period == Some(state.period) {
            return;
        }
        *period = Some(state.period);
        let drawn = state
            .faults
            .as_mut()
            .map(|(draw, rng)| draw(&mut rng.fork()));
        *inspector = Inspector::new(drawn.flatten());
    }
}
