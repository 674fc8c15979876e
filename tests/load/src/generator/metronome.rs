use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::unix::AsyncFd;

/// Ticks as finely as the kernel can: the runtime's own timer is no finer than a millisecond.
pub(super) struct Metronome(AsyncFd<OwnedFd>);

impl Metronome {
    #[expect(
        deprecated,
        reason = "what replaces it is unsafe, and asks for no more than that the descriptor is owned"
    )]
    pub(super) fn every(period: Duration) -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        let period = Timespec::try_from(period).map_err(io::Error::other)?;
        let ticks = Itimerspec {
            it_interval: period,
            it_value: period,
        };
        timerfd_settime(&timer, TimerfdTimerFlags::empty(), &ticks)?;
        Ok(Self(AsyncFd::new(timer)?))
    }

    /// Waits for the next tick, or not at all if one has been missed.
    pub(super) async fn tick(&self) -> io::Result<()> {
        loop {
            let mut ready = self.0.readable().await?;
            let mut ticks = [0; 8];
            let read = ready.try_io(|timer| Ok(rustix::io::read(timer, &mut ticks)?));
            if let Ok(read) = read {
                return read.map(drop);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn it_ticks_faster_than_the_runtime_could_wait() {
        let metronome = Metronome::every(Duration::from_micros(200)).unwrap();
        let began = Instant::now();
        for _ in 0..50 {
            metronome.tick().await.unwrap();
        }
        let took = began.elapsed();
        assert!(took >= Duration::from_millis(5), "{took:?}");
    }
}
