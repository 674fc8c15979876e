use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::Poll;

use actix_web::dev::ServerHandle;
use tokio::task::{JoinError, JoinHandle};

use crate::host_settings::HostSettings;
use crate::server::Server;
use crate::signals::StopSignals;

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
}

/// A server that runs in a task of its own.
struct Running {
    handle: ServerHandle,
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
        };
        for server in servers {
            let peers = if server.stops_last {
                &mut running.last
            } else {
                &mut running.servers
            };
            peers.push(Running::start(server, settings)?);
        }
        Ok(running)
    }

    /// Serves until SIGTERM or SIGINT, then calls `stopping`, accepts no more, finishes what is in flight within
    /// [`SHUTDOWN_TIMEOUT`](crate::SHUTDOWN_TIMEOUT), and returns. A second signal cuts that short.
    ///
    /// # Errors
    /// [`HostError`]
    pub async fn until_stopped(self, stopping: impl FnOnce()) -> Result<(), HostError> {
        let Self {
            mut signals,
            mut servers,
            last,
        } = self;
        tokio::select! {
            () = signals.received() => {}
            ended = any_ended(&mut servers) => {
                ended??;
                return Err(HostError::EndedByItself);
            }
        }
        stopping();
        tracing::info!(
            "stopping: finishing the requests in flight; a second signal cuts that short"
        );
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
    fn start(server: Server, settings: &HostSettings) -> io::Result<Self> {
        let server = server.build(settings)?;
        let handle = server.handle();
        Ok(Self {
            handle,
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
    let stops: Vec<_> = servers
        .iter()
        .map(|server| server.handle.stop(true))
        .collect();
    for stopped in stops {
        stopped.await;
    }
    for server in servers {
        server.task.await??;
    }
    Ok(())
}
