//! Output of commands, as opposed to logs.

use std::fmt::Display;
use std::io::{self, Write};

use thiserror::Error;

/// Standard output and standard error of a command.
pub struct Terminal<'a> {
    stdout: &'a mut dyn Write,
    stderr: &'a mut dyn Write,
}

/// Standard output could not be written.
#[derive(Debug, Error)]
#[error("writing to standard output failed")]
pub struct TerminalError(#[from] io::Error);

impl<'a> Terminal<'a> {
    /// A terminal that writes to these.
    pub fn new(stdout: &'a mut dyn Write, stderr: &'a mut dyn Write) -> Self {
        Self { stdout, stderr }
    }

    /// Prints a line of the result to standard output, where other programs may read it.
    ///
    /// # Errors
    /// [`TerminalError`]: a reader must not take a missing line for a result.
    pub fn print(&mut self, line: impl Display) -> Result<(), TerminalError> {
        writeln!(self.stdout, "{line}")?;
        Ok(self.stdout.flush()?)
    }

    /// Prints a line to standard error: progress, advice, errors.
    pub fn eprint(&mut self, line: impl Display) {
        // There is nowhere left to report it.
        let _ = writeln!(self.stderr, "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_and_messages_are_kept_apart() {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let mut terminal = Terminal::new(&mut stdout, &mut stderr);
        terminal.print("42").unwrap();
        terminal.eprint("thinking");
        assert_eq!(
            (stdout.as_slice(), stderr.as_slice()),
            (&b"42\n"[..], &b"thinking\n"[..])
        );
    }

    #[test]
    fn a_result_that_cannot_be_written_is_an_error() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut terminal = Terminal {
            stdout: &mut Closed,
            stderr: &mut Closed,
        };
        terminal.eprint("thinking");
        assert!(terminal.print("42").is_err());
    }
}
