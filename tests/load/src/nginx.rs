//! nginx: the service that is called, and a plain proxy before it, each a process of its own.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

/// Time for it to listen.
const START_TIMEOUT: Duration = Duration::from_secs(10);

/// Body of each answer.
pub(crate) const ANSWER: &str = r#"{"temperature":21.5,"unit":"celsius","station":"EDDB"}"#;

/// A running nginx, which ends when this is dropped.
pub(crate) struct Nginx {
    address: SocketAddr,
    process: Child,
    _folder: TempDir,
}

impl Nginx {
    /// A service that answers every request with [`ANSWER`].
    pub(crate) async fn service() -> Result<Self> {
        let answer = format!("default_type application/json; return 200 '{ANSWER}';");
        Self::start(1, "", &answer).await
    }

    /// A proxy to this service, with as many workers as `udam serve` has, and connections that are kept.
    pub(crate) async fn proxy(service: SocketAddr) -> Result<Self> {
        let upstream = format!("upstream service {{ server {service}; keepalive 256; }}");
        let pass = "proxy_pass http://service; proxy_http_version 1.1; \
                    proxy_set_header Connection '';";
        Self::start(2, &upstream, pass).await
    }

    async fn start(workers: u32, upstream: &str, location: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let address = free_address()?;
        let path = folder.path().join("nginx.conf");
        let at = folder.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {at}/{kind}; "))
            .concat();
        let configuration = format!(
            "worker_processes {workers}; daemon off; pid {at}/pid; error_log {at}/error.log;
            events {{ worker_connections 4096; }}
            http {{
                access_log off; keepalive_requests 100000000; {temporary}
                {upstream}
                server {{ listen {address} backlog=4096; location / {{ {location} }} }}
            }}"
        );
        std::fs::write(&path, configuration)?;
        let process = Command::new("nginx")
            .arg("-c")
            .arg(&path)
            .arg("-p")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting nginx, which Debian's package `nginx` has")?;
        let nginx = Self {
            address,
            process,
            _folder: folder,
        };
        nginx.wait().await?;
        Ok(nginx)
    }

    async fn wait(&self) -> Result<()> {
        let started = Instant::now();
        while TcpStream::connect(self.address).await.is_err() {
            anyhow::ensure!(
                started.elapsed() < START_TIMEOUT,
                "nginx does not listen at {}",
                self.address
            );
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// The address it listens at.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // On SIGTERM its workers end as well; if killed, it would leave them.
        let id = i32::try_from(self.process.id()).ok();
        if let Some(id) = id.and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
        let _ = self.process.wait();
    }
}

/// An address at which nobody listens.
fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}
