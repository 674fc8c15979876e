//! What people read who run the program, as opposed to its log.

use std::fmt::Display;
use std::io::{self, Write};

use thiserror::Error;

/// Where a command's answers go, and its remarks: standard output and standard error.
pub struct Terminal<'a> {
    answers: &'a mut dyn Write,
    remarks: &'a mut dyn Write,
}

/// An answer could not be given.
#[derive(Debug, Error)]
#[error("writing to standard output failed")]
pub struct TerminalError(#[from] io::Error);

impl<'a> Terminal<'a> {
    /// Writes answers to the one and remarks to the other.
    pub fn new(answers: &'a mut dyn Write, remarks: &'a mut dyn Write) -> Self {
        Self { answers, remarks }
    }

    /// A line of what the command was asked for. Other programs may read it.
    ///
    /// # Errors
    /// When it could not be written: who reads it must not take silence for an answer.
    pub fn answer(&mut self, line: impl Display) -> Result<(), TerminalError> {
        writeln!(self.answers, "{line}")?;
        Ok(self.answers.flush()?)
    }

    /// A line for whoever watches: progress, advice, what went wrong.
    pub fn remark(&mut self, line: impl Display) {
        // There is nowhere left to complain.
        let _ = writeln!(self.remarks, "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_remarks_are_kept_apart() {
        let (mut answers, mut remarks) = (Vec::new(), Vec::new());
        let mut terminal = Terminal::new(&mut answers, &mut remarks);
        terminal.answer("42").unwrap();
        terminal.remark("thinking");
        assert_eq!(
            (answers.as_slice(), remarks.as_slice()),
            (&b"42\n"[..], &b"thinking\n"[..])
        );
    }

    #[test]
    fn an_answer_that_nobody_gets_is_an_error() {
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
            answers: &mut Closed,
            remarks: &mut Closed,
        };
        terminal.remark("thinking");
        assert!(terminal.answer("42").is_err());
    }
}
