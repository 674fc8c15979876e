//! Starting the server and waiting until it answers.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use crate::blocking;
use crate::endpoint::Endpoint;
use crate::error::ClusterError;
use crate::home::Lifetime;
use crate::log_tail;
use crate::settings::Settings;
use crate::setup::Setup;
use crate::supervisor::{Ending, Supervised};

const POSTGRES: &str = "postgres";

/// A port can be taken between choosing and using it, and the shared memory of a killed server
/// lingers for a moment.
const ATTEMPTS: u32 = 5;

/// Longer each time, so that about a second passes in all.
const PAUSE: Duration = Duration::from_millis(100);

const POLL: Duration = Duration::from_millis(10);

/// Settings that make a server faster and its files worthless after a crash.
const TEMPORARY: [(&str, &str); 6] = [
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("max_connections", "200"),
    // Little, since it may be kept in memory.
    ("max_wal_size", "256MB"),
    // It would wake up for each of the databases, time and again.
    ("autovacuum_naptime", "1h"),
];

/// Starts the server on a free port; it answers when this returns.
pub(crate) fn start(
    setup: &Setup,
    settings: &Settings,
) -> Result<(Supervised, Endpoint), ClusterError> {
    for attempt in 0..ATTEMPTS {
        thread::sleep(PAUSE * attempt);
        if let Some(started) = start_once(setup, settings)? {
            return Ok(started);
        }
    }
    Err(ClusterError::Ended {
        log: log_tail::read(&setup.home.log(POSTGRES)),
    })
}

/// None if the server ended instead.
fn start_once(
    setup: &Setup,
    settings: &Settings,
) -> Result<Option<(Supervised, Endpoint)>, ClusterError> {
    let program = setup.program(POSTGRES, Ending::Interrupt);
    let port = free_port().map_err(program.failed())?;
    let endpoint = Endpoint::new(port, setup.password.clone());
    let arguments = arguments(setup, settings, port);
    let mut server = program.spawn(arguments).map_err(program.failed())?;

    let readiness = readiness(&mut server, &endpoint, settings.start_timeout);
    match blocking::wait_for(readiness)
        .flatten()
        .map_err(program.failed())?
    {
        Readiness::Ready => Ok(Some((server, endpoint))),
        Readiness::Ended => Ok(None),
        Readiness::Late => Err(ClusterError::NotReady {
            seconds: settings.start_timeout.as_secs(),
            log: log_tail::read(&program.log),
        }),
    }
}

enum Readiness {
    Ready,
    Ended,
    Late,
}

/// Tries to connect until it works. The password is ours alone and the server proves that it knows
/// it too, so whoever took the port meanwhile is not mistaken for our server.
async fn readiness(
    server: &mut Supervised,
    endpoint: &Endpoint,
    bound: Duration,
) -> io::Result<Readiness> {
    let began = Instant::now();
    loop {
        if server.ended()?.is_some() {
            return Ok(Readiness::Ended);
        }
        if endpoint.answers().await {
            return Ok(Readiness::Ready);
        }
        if began.elapsed() > bound {
            return Ok(Readiness::Late);
        }
        tokio::time::sleep(POLL).await;
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// Of settings that are given twice the last one wins: ours, the caller's, and then what keeps the
/// cluster private.
fn arguments(setup: &Setup, settings: &Settings, port: u16) -> Vec<String> {
    let temporary: &[_] = match setup.home.lifetime() {
        Lifetime::Kept => &[],
        Lifetime::Temporary => &TEMPORARY,
    };
    let ours = [("timezone", "UTC"), ("log_timezone", "UTC")];
    let port = port.to_string();
    let private = [
        ("listen_addresses", "127.0.0.1"),
        ("unix_socket_directories", ""),
        ("port", &port),
    ];
    let theirs = settings
        .parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));

    let parameters = ours
        .iter()
        .chain(temporary)
        .copied()
        .chain(theirs)
        .chain(private);
    let data = [
        "-D".to_owned(),
        setup.home.data().to_string_lossy().into_owned(),
    ];
    let options = parameters.flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")]);
    data.into_iter().chain(options).collect()
}
