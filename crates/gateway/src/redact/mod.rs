//! Secrets are overwritten where a service repeats them.
//!
//! A service may send back what it has received: as an echo, in a message of an error, or in a link. [`Secrets`] knows
//! the [`forms()`] in which a secret may come, and a [`Redactor`] puts as many `*` in their place, also where a secret
//! is spread over chunks of a body. It holds back only those bytes at the end of a chunk that may be the beginning of a
//! secret. Lengths stay as they are, so that a `Content-Length` holds.

mod forms;
mod pattern;
mod shared;

use std::sync::Arc;

use bytes::Bytes;
use zeroize::Zeroizing;

use forms::forms;
use pattern::Pattern;
pub(crate) use shared::SharedSecrets;

/// Byte that takes the place of each byte of a secret.
const MASK: u8 = b'*';

/// Texts that must not leave. They are wiped when the last clone is dropped.
#[derive(Clone)]
pub(crate) struct Secrets(Arc<Known>);

struct Known {
    key: Zeroizing<String>,
    credential: Zeroizing<String>,
    patterns: Vec<Pattern>,
}

impl Secrets {
    /// The forms of a key that is sent in this credential; an empty one adds none.
    pub(crate) fn of(key: &str, credential: &str) -> Self {
        let unpadded = credential.trim_end_matches('=');
        let credentials = [credential, unpadded].map(|text| text.as_bytes().to_vec());
        let mut texts = forms(key);
        texts.extend(credentials);
        texts.sort_unstable();
        texts.dedup();
        Self(Arc::new(Known {
            key: Zeroizing::new(key.to_owned()),
            credential: Zeroizing::new(credential.to_owned()),
            patterns: texts.into_iter().filter_map(Pattern::new).collect(),
        }))
    }

    /// These texts, as they stand.
    #[cfg(test)]
    pub(crate) fn new(texts: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self(Arc::new(Known {
            key: Zeroizing::default(),
            credential: Zeroizing::default(),
            patterns: texts.into_iter().filter_map(Pattern::new).collect(),
        }))
    }

    /// A text without the secrets that it has; `None` if it has none.
    pub(crate) fn redact(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut redacted = None;
        for pattern in &self.0.patterns {
            pattern.find_all(text, |place| {
                let masked = redacted.get_or_insert_with(|| text.to_vec());
                if let Some(secret) = masked.get_mut(place) {
                    secret.fill(MASK);
                }
            });
        }
        redacted
    }

    /// Number of bytes at the end of a text that may be the beginning of a secret.
    fn begun(&self, text: &[u8]) -> usize {
        let begun = self.0.patterns.iter().map(|pattern| pattern.begun(text));
        begun.max().unwrap_or_default()
    }
}

/// Removes secrets from a stream of bytes.
pub(crate) struct Redactor {
    secrets: Secrets,
    /// Bytes that are held back, as they came.
    held: Vec<u8>,
    /// The same bytes as they are sent, unless they turn out to begin a secret.
    held_redacted: Vec<u8>,
}

impl Redactor {
    pub(crate) fn new(secrets: Secrets) -> Self {
        Self {
            secrets,
            held: Vec::new(),
            held_redacted: Vec::new(),
        }
    }

    /// What can be sent once this chunk has come. Empty if all of it is held back.
    pub(crate) fn push(&mut self, chunk: Bytes) -> Bytes {
        let text = if self.held.is_empty() {
            chunk
        } else {
            let mut text = std::mem::take(&mut self.held);
            text.extend_from_slice(&chunk);
            text.into()
        };
        let ready = text.len() - self.secrets.begun(&text);
        let redacted = self.secrets.redact(&text);
        let held_before = std::mem::take(&mut self.held_redacted);
        let mut redacted = match redacted {
            None if held_before.is_empty() => text.clone(),
            None => text.to_vec().into(),
            Some(redacted) => redacted.into(),
        };
        if !held_before.is_empty() {
            redacted = overlaid(redacted, &held_before);
        }
        self.held = text.slice(ready..).to_vec();
        self.held_redacted = redacted.slice(ready..).to_vec();
        redacted.slice(..ready)
    }

    /// What is held back, once nothing follows it.
    pub(crate) fn finish(&mut self) -> Bytes {
        self.held.clear();
        std::mem::take(&mut self.held_redacted).into()
    }
}

/// A text with the masks at its beginning that were put there before.
fn overlaid(text: Bytes, before: &[u8]) -> Bytes {
    let mut text = Vec::from(text);
    for (byte, before) in text.iter_mut().zip(before) {
        if *before == MASK {
            *byte = MASK;
        }
    }
    text.into()
}

#[cfg(test)]
mod tests;
