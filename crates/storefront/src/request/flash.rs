//! What was done a moment ago, said on the page that comes after.
//!
//! The address of that page names it by a word, and vouches for the word: otherwise a link could have our
//! own pages say what never happened.

use super::Request;
use crate::forgery;

impl Request {
    /// The address of one of our pages, which is to say that this was done.
    pub(crate) fn with_flash(&self, path: &str, word: &str) -> String {
        let signature = self.flash_signature(path, word).unwrap_or_default();
        format!("{path}?done={word}&by={signature}")
    }

    /// What this page is to say was done, in a word; nothing if nobody vouches for it.
    pub(crate) fn flash(&self) -> &str {
        let word = self.form.value("done");
        let signature = self.flash_signature(self.http.path(), word);
        if signature.is_some_and(|signature| signature == self.form.value("by")) {
            word
        } else {
            ""
        }
    }

    fn flash_signature(&self, path: &str, word: &str) -> Option<String> {
        let secret = self.secret.as_ref()?;
        Some(forgery::voucher(secret, path, word))
    }
}
