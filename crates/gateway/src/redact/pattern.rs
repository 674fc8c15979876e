use std::ops::Range;

use memchr::memmem;
use zeroize::Zeroizing;

/// A text that is looked for (Knuth, Morris and Pratt, 1977), so that time is linear whatever the text and the pattern.
pub(super) struct Pattern {
    bytes: Zeroizing<Vec<u8>>,
    /// Of each beginning of the pattern, by its length, the longest of its proper ends that begins the pattern.
    borders: Vec<u16>,
}

impl Pattern {
    /// `None` for an empty text, which is everywhere, and for one that is longer than any form of a key.
    pub(super) fn new(bytes: Vec<u8>) -> Option<Self> {
        if bytes.is_empty() || bytes.len() > usize::from(u16::MAX) {
            return None;
        }
        let mut pattern = Self {
            borders: vec![0; bytes.len() + 1],
            bytes: Zeroizing::new(bytes),
        };
        let mut state = 0;
        for length in 2..=pattern.bytes.len() {
            let byte = *pattern.bytes.get(length - 1)?;
            state = pattern.step(state, byte);
            *pattern.borders.get_mut(length)? = u16::try_from(state).ok()?;
        }
        Some(pattern)
    }

    /// Number of bytes of the pattern that a text ends with, when one more byte follows a text that ends with `state`.
    fn step(&self, mut state: usize, byte: u8) -> usize {
        loop {
            if self.bytes.get(state) == Some(&byte) {
                return state + 1;
            }
            if state == 0 {
                return 0;
            }
            state = self.border(state);
        }
    }

    fn border(&self, length: usize) -> usize {
        self.borders.get(length).copied().unwrap_or_default().into()
    }

    /// Reports every place of the pattern in a text, those that overlap included.
    pub(super) fn find_all(&self, text: &[u8], mut found: impl FnMut(Range<usize>)) {
        if text.len() < self.bytes.len() {
            return;
        }
        let finder = memmem::Finder::new(self.bytes.as_slice());
        let (length, mut next) = (self.bytes.len(), 0);
        while let Some(start) = text.get(next..).and_then(|rest| finder.find(rest)) {
            let mut end = next + start + length;
            found(end - length..end);
            // Another place may begin within this one: it is followed until none has begun.
            let mut state = self.border(length);
            while state > 0
                && let Some(byte) = text.get(end)
            {
                state = self.step(state, *byte);
                end += 1;
                if state == length {
                    found(end - length..end);
                    state = self.border(length);
                }
            }
            next = end;
        }
    }

    /// Number of bytes at the end of a text that begin the pattern, and may go on as it does.
    pub(super) fn begun(&self, text: &[u8]) -> usize {
        let longest = self.bytes.len() - 1;
        let tail = text.get(text.len().saturating_sub(longest)..);
        let tail = tail.unwrap_or_default().iter();
        tail.fold(0, |state, byte| self.step(state, *byte))
    }
}
