use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::sync::OnceCell;
use udam_e2e::{Process, eventually};

use crate::scratch::Scratch;
use crate::tools;

/// What installs the browser and its driver.
const PACKAGES: &str = "chromium chromium-driver";

/// The `chromedriver` of this process, which all its browsers are steered through. It ends when the
/// process does.
#[derive(Debug)]
pub(crate) struct Driver {
    port: u16,
    chromium: PathBuf,
    _process: Process,
    // What browsers leave behind when they are killed.
    _profiles: Scratch,
}

impl Driver {
    /// The one there is; starts it the first time.
    ///
    /// # Errors
    /// When it or Chromium is not installed, or when it does not start.
    pub(crate) async fn shared() -> Result<&'static Self> {
        static SHARED: OnceCell<Driver> = OnceCell::const_new();
        SHARED.get_or_try_init(Self::start).await
    }

    async fn start() -> Result<Self> {
        let chromium = tools::find("chromium", PACKAGES)?;
        let profiles = Scratch::new()?;
        let mut command = Command::new(tools::find("chromedriver", PACKAGES)?);
        command.arg("--port=0").env("TMPDIR", profiles.path());
        let mut process = Process::start(command)?;
        let port = eventually("chromedriver to be ready", async || {
            if process.has_ended()? {
                bail!("chromedriver ended instead: {}", process.said());
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

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The browser that it is to start.
    pub(crate) fn chromium(&self) -> &Path {
        &self.chromium
    }

    /// Closes a browser and waits until it has gone. It blocks, so that it can be done on dropping.
    pub(crate) fn close(&self, session: &str) -> std::io::Result<()> {
        const LONGEST: Duration = Duration::from_secs(5);

        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let mut stream = TcpStream::connect_timeout(&address, LONGEST)?;
        stream.set_read_timeout(Some(LONGEST))?;
        write!(
            stream,
            "DELETE /session/{session} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        )?;
        // It answers when the browser has ended.
        stream.read_exact(&mut [0])
    }
}

/// The port in the line that says that it is ready.
fn port_in(printed: &str) -> Option<u16> {
    // A line without its end may be half of one.
    let whole = printed.get(..printed.rfind('\n')?)?;
    whole
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
    fn the_port_is_read_once_the_line_is_whole() {
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
