//! Starting the server and waiting until it accepts connections.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use crate::block_on::block_on;
use crate::data_dir::Persistence;
use crate::endpoint::Endpoint;
use crate::error::ClusterError;
use crate::log_tail;
use crate::settings::Settings;
use crate::setup::Setup;
use crate::supervisor::{OwnerExit, SupervisedChild};

const POSTGRES: &str = "postgres";

/// A start can fail because another process has taken the port, or because the shared memory of a
/// killed server still exists.
const ATTEMPTS: u32 = 5;

/// Pause before the second attempt. It grows by as much each time, to one second in all.
const PAUSE: Duration = Duration::from_millis(100);

const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Settings of a temporary cluster: faster, at the cost of losing the files in a crash.
const TEMPORARY: [(&str, &str); 6] = [
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("max_connections", "200"),
    // Small, because it may be kept in memory.
    ("max_wal_size", "256MB"),
    // It would wake up regularly for each of many databases.
    ("autovacuum_naptime", "1h"),
];

/// Starts the server on a free port, and returns when it accepts connections.
pub(crate) fn start(
    setup: &Setup,
    settings: &Settings,
) -> Result<(SupervisedChild, Endpoint), ClusterError> {
    for attempt in 0..ATTEMPTS {
        thread::sleep(PAUSE * attempt);
        if let Some(started) = start_once(setup, settings)? {
            return Ok(started);
        }
    }
    Err(ClusterError::Exited {
        log: log_tail::read(&setup.data_dir.log_file(POSTGRES)),
    })
}

/// Returns `None` if the server exited instead.
fn start_once(
    setup: &Setup,
    settings: &Settings,
) -> Result<Option<(SupervisedChild, Endpoint)>, ClusterError> {
    let program = setup.program(POSTGRES, OwnerExit::Interrupt);
    let port = free_port().map_err(program.spawn_error())?;
    let endpoint = Endpoint::new(port, setup.password.clone());
    let arguments = arguments(setup, settings, port);
    let mut server = program.spawn(arguments).map_err(program.spawn_error())?;

    let readiness = readiness(&mut server, &endpoint, settings.start_timeout);
    match block_on(readiness)
        .flatten()
        .map_err(program.spawn_error())?
    {
        Readiness::Ready => Ok(Some((server, endpoint))),
        Readiness::Exited => Ok(None),
        Readiness::TimedOut => Err(ClusterError::NotReady {
            seconds: settings.start_timeout.as_secs(),
            log: log_tail::read(&program.log),
        }),
    }
}

enum Readiness {
    Ready,
    Exited,
    TimedOut,
}

/// Tries to connect until it succeeds. Only this cluster's server can prove that it knows the
/// password, so another server that has taken the port is not mistaken for it.
async fn readiness(
    server: &mut SupervisedChild,
    endpoint: &Endpoint,
    timeout: Duration,
) -> io::Result<Readiness> {
    let start = Instant::now();
    loop {
        if server.try_wait()?.is_some() {
            return Ok(Readiness::Exited);
        }
        if endpoint.accepts_connections().await {
            return Ok(Readiness::Ready);
        }
        if start.elapsed() > timeout {
            return Ok(Readiness::TimedOut);
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// Of settings that are given twice the last one applies: this crate's defaults come first, then the
/// caller's, then those that keep the cluster private.
fn arguments(setup: &Setup, settings: &Settings, port: u16) -> Vec<String> {
    let temporary: &[_] = match setup.data_dir.persistence() {
        Persistence::Persistent => &[],
        Persistence::Temporary => &TEMPORARY,
    };
    let defaults = [("timezone", "UTC"), ("log_timezone", "UTC")];
    let port = port.to_string();
    let private = [
        ("listen_addresses", "127.0.0.1"),
        ("unix_socket_directories", ""),
        ("port", &port),
    ];
    let callers = settings
        .parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));

    let parameters = defaults
        .iter()
        .chain(temporary)
        .copied()
        .chain(callers)
        .chain(private);
    let pgdata = [
        "-D".to_owned(),
        setup.data_dir.pgdata().to_string_lossy().into_owned(),
    ];
    let options = parameters.flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")]);
    pgdata.into_iter().chain(options).collect()
}
