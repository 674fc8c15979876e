//! `udam receipts verify`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;
use thiserror::Error;
use udam_crypto::{ParseReceiptKeysError, ReceiptKeySet, VerifyReceiptError, verify_receipt};
use udam_domain::error_chain;

use super::Completion;
use crate::terminal::{Terminal, TerminalError};

/// Most bytes of a receipt, and of a file of keys. A receipt has about a thousand.
const MAX_LENGTH: u64 = 1 << 20;

/// Why `udam receipts verify` could not finish. A receipt that is not genuine is no error.
#[derive(Debug, Error)]
pub enum ReceiptsError {
    /// A file could not be read.
    #[error("{} could not be read", file.display())]
    Unreadable {
        /// The file; `-` for standard input.
        file: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// The file of keys is not one.
    #[error("{} holds no keys", file.display())]
    Keys {
        /// The file.
        file: PathBuf,
        /// Its defect.
        source: ParseReceiptKeysError,
    },
    /// The result could not be printed.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
}

/// Why a text is no genuine receipt.
#[derive(Debug, Error)]
enum NotGenuine {
    #[error("this is neither a signature nor an answer of the API with a member `jws`")]
    Malformed,
    #[error(transparent)]
    Signature(#[from] VerifyReceiptError),
    #[error("what was signed is no JSON")]
    Payload(#[source] serde_json::Error),
    #[error("the signature is genuine, but of another receipt than the one beside it")]
    AnotherReceipt,
}

/// Verifies the receipt in a file, `-` being standard input, against the keys in another, and prints it.
///
/// # Errors
/// [`ReceiptsError`]
pub fn verify_receipt_in(
    receipt: &Path,
    keys: &Path,
    terminal: &mut Terminal<'_>,
) -> Result<Completion, ReceiptsError> {
    let key_set = read(keys)?.parse().map_err(|source| ReceiptsError::Keys {
        file: keys.to_owned(),
        source,
    })?;
    match verified(&read(receipt)?, &key_set) {
        Ok(payload) => {
            terminal.print(format_args!("{payload:#}"))?;
            Ok(Completion::Complete)
        }
        Err(defect) => {
            terminal.eprint(format_args!("Not genuine: {}.", error_chain(&defect)));
            Ok(Completion::Incomplete)
        }
    }
}

/// The payload of a genuine receipt. The text is an answer of the API, or a signature alone.
fn verified(text: &str, keys: &ReceiptKeySet) -> Result<Value, NotGenuine> {
    let text = text.trim();
    let (jws, beside) = if text.starts_with('{') {
        let answer = serde_json::from_str::<Value>(text).or(Err(NotGenuine::Malformed))?;
        let jws = answer.get("jws").and_then(Value::as_str);
        let jws = jws.ok_or(NotGenuine::Malformed)?.to_owned();
        (jws, answer.get("receipt").cloned())
    } else {
        (text.to_owned(), None)
    };
    let payload = verify_receipt(&jws, keys)?;
    let payload = serde_json::from_slice(&payload).map_err(NotGenuine::Payload)?;
    if beside.is_some_and(|beside| beside != payload) {
        return Err(NotGenuine::AnotherReceipt);
    }
    Ok(payload)
}

fn read(file: &Path) -> Result<String, ReceiptsError> {
    let read = if file == Path::new("-") {
        read_from(io::stdin().lock())
    } else {
        File::open(file).and_then(read_from)
    };
    read.map_err(|source| ReceiptsError::Unreadable {
        file: file.to_owned(),
        source,
    })
}

fn read_from(source: impl Read) -> io::Result<String> {
    let mut text = String::new();
    let limit = MAX_LENGTH.saturating_add(1);
    let length = source.take(limit).read_to_string(&mut text)?;
    if u64::try_from(length).is_ok_and(|length| length <= MAX_LENGTH) {
        Ok(text)
    } else {
        Err(io::ErrorKind::FileTooLarge.into())
    }
}
