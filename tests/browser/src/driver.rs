use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::sync::OnceCell;
use udam_testkit::{Process, wait_for};

use crate::programs;
use crate::temp_dir::TempDir;

/// Debian packages of the browser and its driver.
const PACKAGES: &str = "chromium chromium-driver";

/// The `chromedriver` that controls all browsers of this process. It ends with the process.
#[derive(Debug)]
pub(crate) struct Driver {
    port: u16,
    chromium: PathBuf,
    _process: Process,
    // Profiles that killed browsers leave behind.
    _profiles: TempDir,
}

impl Driver {
    /// The shared driver; started on first use.
    ///
    /// # Errors
    /// If it or Chromium is not installed, or if it does not start.
    pub(crate) async fn shared() -> Result<&'static Self> {
        static SHARED: OnceCell<Driver> = OnceCell::const_new();
        SHARED.get_or_try_init(Self::start).await
    }

    async fn start() -> Result<Self> {
        let chromium = programs::find("chromium", PACKAGES)?;
        let profiles = TempDir::new()?;
        let mut command = Command::new(programs::find("chromedriver", PACKAGES)?);
        command.arg("--port=0").env("TMPDIR", profiles.path());
        let mut process = Process::start(command)?;
        let port = wait_for("chromedriver to be ready", async || {
            if process.has_ended()? {
                bail!("chromedriver ended: {}", process.output());
            }
            Ok(port_in(&process.stdout()))
        })
        .await?;
        Ok(Self {
            port,
            chromium,
            _process: process,
            _profiles: profiles,
        })
    }

    /// URL of its `WebDriver` endpoint.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Path of the browser to start.
    pub(crate) fn chromium(&self) -> &Path {
        &self.chromium
    }

    /// Closes a browser and waits until it has ended. Blocks, so that `Drop` can call it.
    pub(crate) fn close(&self, session: &str) -> std::io::Result<()> {
        const TIMEOUT: Duration = Duration::from_secs(5);

        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        write!(
            stream,
            "DELETE /session/{session} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        )?;
        // The response comes when the browser has ended.
        stream.read_exact(&mut [0])
    }
}

/// The port in chromedriver's ready message.
fn port_in(printed: &str) -> Option<u16> {
    // The last line may be incomplete.
    let complete = printed.get(..printed.rfind('\n')?)?;
    complete
        .lines()
        .find_map(|line| line.split_once("started successfully on port "))?
        .1
        .trim_end_matches('.')
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_once_its_line_is_complete() {
        assert_eq!(
            port_in("ChromeDriver was started successfully on port 40"),
            None
        );
        assert_eq!(
            port_in("Starting ...\nChromeDriver was started successfully on port 40123.\n"),
            Some(40_123)
        );
    }
}
