use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::sleep;

use crate::host_settings::HostSettings;
use crate::last_connections::{LastConnections, NewConnections};
use crate::server::Server;
use crate::signals::StopSignals;

/// Time from which no client connects any more to the close of the listeners: enough to take on all that have connected.
const QUIET: Duration = Duration::from_millis(100);

/// Why servers ended other than by a stop signal.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// Listening, or a worker, failed.
    #[error("the HTTP server failed")]
    System(#[from] io::Error),
    /// One of its tasks panicked.
    #[error("the HTTP server failed")]
    Task(#[from] JoinError),
    /// It ended without a stop signal.
    #[error("the HTTP server ended by itself")]
    EndedByItself,
}

/// The servers of a process, which serve their clients.
#[must_use = "nothing stops them but `until_stopped`"]
pub struct RunningServers {
    signals: StopSignals,
    servers: Vec<Running>,
    last: Vec<Running>,
    connections: LastConnections,
}

/// A server that runs in a task of its own.
struct Running {
    handle: ServerHandle,
    new_connections: NewConnections,
    task: JoinHandle<io::Result<()>>,
}

impl RunningServers {
    /// Starts the servers, in this order. From here on, SIGTERM and SIGINT do not end the process by themselves. Has to be
    /// called within a runtime, which what requests spawn then runs on.
    ///
    /// # Errors
    /// [`HostError::System`]
    pub fn start(settings: &HostSettings, servers: Vec<Server>) -> Result<Self, HostError> {
        let mut running = Self {
            signals: StopSignals::catch()?,
            servers: Vec::new(),
            last: Vec::new(),
            connections: LastConnections::default(),
        };
        for server in servers {
            let stops_last = server.stops_last;
            let started = Running::start(server, settings, &running.connections)?;
            let peers = if stops_last {
                &mut running.last
            } else {
                &mut running.servers
            };
            peers.push(started);
        }
        Ok(running)
    }

    /// Serves until SIGTERM or SIGINT, then calls `stopping` and [stops](Self::stop).
    ///
    /// # Errors
    /// [`HostError`]
    pub async fn until_stopped(mut self, stopping: impl FnOnce()) -> Result<(), HostError> {
        self.until_signalled().await?;
        stopping();
        self.stop().await
    }

    /// Serves until SIGTERM or SIGINT.
    ///
    /// # Errors
    /// [`HostError`]
    pub async fn until_signalled(&mut self) -> Result<(), HostError> {
        tokio::select! {
            () = self.signals.received() => Ok(()),
            ended = any_ended(&mut self.servers) => {
                ended??;
                Err(HostError::EndedByItself)
            }
        }
    }

    /// Goes on serving for a time, in which whoever sends clients here can find out that this process will stop. Connections
    /// end with their next response, so that clients connect elsewhere. A second signal cuts that short.
    pub async fn linger(&mut self, delay: Duration) {
        self.connections.end_with_next_response();
        tokio::select! {
            () = sleep(delay) => {}
            () = self.signals.received() => {}
        }
    }

    /// Accepts no more, finishes what is in flight within [`SHUTDOWN_TIMEOUT`](crate::SHUTDOWN_TIMEOUT), and returns. A second
    /// signal cuts that short.
    ///
    /// No connection is reset: one that was made is served, any other is refused, which tells a balancer that its request
    /// was not read.
    ///
    /// # Errors
    /// [`HostError`]
    pub async fn stop(self) -> Result<(), HostError> {
        let Self {
            mut signals,
            servers,
            last,
            connections,
        } = self;
        tracing::info!(
            "stopping: finishing the requests in flight; a second signal cuts that short"
        );
        connections.end_with_next_response();
        tokio::select! {
            stopped = stop(servers) => stopped?,
            () = signals.received() => tracing::warn!("stopped before all requests were answered"),
        }
        for server in last {
            server.handle.stop(false).await;
        }
        Ok(())
    }
}

impl Running {
    fn start(
        server: Server,
        settings: &HostSettings,
        connections: &LastConnections,
    ) -> io::Result<Self> {
        let new_connections = NewConnections::of(&server.listener)?;
        let server = server.build(settings, connections.clone())?;
        let handle = server.handle();
        Ok(Self {
            handle,
            new_connections,
            task: tokio::spawn(server),
        })
    }
}

/// Waits until a server has ended, for which there must be no signal.
async fn any_ended(servers: &mut [Running]) -> Result<io::Result<()>, JoinError> {
    poll_fn(|context| {
        let mut ended = servers
            .iter_mut()
            .map(|server| Pin::new(&mut server.task).poll(context));
        ended.find(Poll::is_ready).unwrap_or(Poll::Pending)
    })
    .await
}

/// Tells all servers to stop, and waits for each.
async fn stop(servers: Vec<Running>) -> Result<(), HostError> {
    let quiet: Vec<bool> = servers
        .iter()
        .map(|server| server.new_connections.hold_off())
        .collect();
    if quiet.contains(&true) {
        sleep(QUIET).await;
    }
    let (stops, tasks): (Vec<_>, Vec<_>) = servers
        .into_iter()
        .map(|server| {
            // With it, the listener would stay open.
            drop(server.new_connections);
            (server.handle.stop(true), server.task)
        })
        .unzip();
    for stopped in stops {
        stopped.await;
    }
    for task in tasks {
        task.await??;
    }
    Ok(())
}
