//! The file from which a sandbox that is started again goes on.
//!
//! Each line is JSON. A change appends the objects that it has created or changed, whole; of the lines about an object
//! the last one counts. The system has them before a client gets its response, so that they outlive this process, but
//! not a crash of the machine. A start leaves out what is outdated.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::account::Object;
use crate::idempotency::StoredResponse;

/// A line of a journal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    /// The address listened on, which links to hosted pages have.
    Address(SocketAddr),
    Object(Box<Object>),
    Response(StoredResponse),
}

/// Contents of a journal.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) address: Option<SocketAddr>,
    /// Oldest first; the last one of an id counts.
    pub(crate) objects: Vec<Object>,
    pub(crate) responses: Vec<StoredResponse>,
}

/// A journal that is written to.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
}

impl Kept {
    /// Reads a journal. If there is no such file, nothing is kept. Lines that cannot be read are skipped: the last
    /// one may be half of one, if the process was killed.
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        let text = match fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error),
        };
        let mut kept = Self::default();
        for line in text.lines() {
            match serde_json::from_str(line) {
                Ok(Line::Address(address)) => kept.address = Some(address),
                Ok(Line::Object(object)) => kept.objects.push(*object),
                Ok(Line::Response(response)) => kept.responses.push(response),
                Err(error) => {
                    tracing::warn!(%error, path = %path.display(), "a line of the journal was skipped");
                }
            }
        }
        Ok(kept)
    }
}

impl Journal {
    /// Replaces the file by one with these lines.
    pub(crate) fn start(path: &Path, lines: &[Line]) -> io::Result<Self> {
        let new = path.with_extension("new");
        let mut journal = Self {
            path: path.to_owned(),
            file: OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&new)?,
        };
        journal.append(lines)?;
        journal.file.sync_data()?;
        fs::rename(&new, path)?;
        Ok(journal)
    }

    /// Appends lines, at once.
    pub(crate) fn append(&mut self, lines: &[Line]) -> io::Result<()> {
        let mut text = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut text, line)?;
            text.push(b'\n');
        }
        self.file.write_all(&text)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::ApiResponse;

    fn response(key: &str) -> Line {
        Line::Response(StoredResponse {
            key: key.to_owned(),
            fingerprint: "f".to_owned(),
            claimed_at: 1,
            response: ApiResponse::success("req_1".to_owned(), "{}".to_owned()),
        })
    }

    #[test]
    fn what_was_appended_is_read_up_to_half_a_line() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        assert!(Kept::read(&path).unwrap().address.is_none());
        let address = "127.0.0.1:4242".parse().unwrap();
        let mut journal = Journal::start(&path, &[Line::Address(address)]).unwrap();
        journal.append(&[response("a"), response("b")]).unwrap();
        journal.file.write_all(b"{\"response\":{\"ke").unwrap();

        let kept = Kept::read(&path).unwrap();
        assert_eq!(kept.address, Some(address));
        let keys: Vec<_> = kept
            .responses
            .iter()
            .map(|kept| kept.key.as_str())
            .collect();
        assert_eq!(keys, ["a", "b"]);
        let mut journal = Journal::start(&path, &[]).unwrap();
        journal.append(&[response("c")]).unwrap();
        assert_eq!(Kept::read(&path).unwrap().responses.len(), 1);
    }
}
