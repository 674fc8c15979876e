//! The end of a log, for error messages.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes read from the end of the file.
const BYTES: u64 = 8 * 1024;

/// Lines quoted: about a terminal's height.
const LINES: usize = 20;

/// Returns the last lines of a log. If they cannot be read it returns the reason instead, because the
/// caller is already reporting an error.
pub(crate) fn read(log: &Path) -> String {
    match last_bytes(log) {
        Ok(bytes) if bytes.trim_ascii().is_empty() => format!("({} is empty)", log.display()),
        Ok(bytes) => last_lines(&String::from_utf8_lossy(&bytes)),
        Err(error) => format!("({} cannot be read: {error})", log.display()),
    }
}

fn last_bytes(log: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(log)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(BYTES)))?;
    let mut bytes = Vec::new();
    file.take(BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn last_lines(text: &str) -> String {
    let mut lines: Vec<&str> = text.trim_end().lines().rev().take(LINES).collect();
    lines.reverse();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::path::Path;

    use super::read;

    #[test]
    fn only_the_last_lines_are_quoted() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("postgres.log");
        let mut text = String::new();
        for line in 1..=3000 {
            writeln!(text, "line {line}").unwrap();
        }
        std::fs::write(&log, text).unwrap();
        let tail = read(&log);
        assert_eq!(tail.lines().count(), 20);
        assert_eq!(tail.lines().next(), Some("line 2981"));
        assert_eq!(tail.lines().last(), Some("line 3000"));
    }

    #[test]
    fn a_missing_log_is_reported_in_its_place() {
        assert!(read(Path::new("/nowhere/postgres.log")).contains("cannot be read"));
    }
}
