//! What was done a moment ago, said on the page that comes after.
//!
//! The address of that page names it by a word, and vouches for the word: otherwise a link could have our
//! own pages say what never happened.

use super::Visit;
use crate::forgery;

impl Visit {
    /// The address of one of our pages, which is to say that this was done.
    pub(crate) fn having_done(&self, path: &str, word: &str) -> String {
        let voucher = self.voucher(path, word).unwrap_or_default();
        format!("{path}?done={word}&by={voucher}")
    }

    /// What this page is to say was done, in a word; nothing if nobody vouches for it.
    pub(crate) fn done(&self) -> &str {
        let word = self.form.value("done");
        let voucher = self.voucher(self.request.path(), word);
        if voucher.is_some_and(|voucher| voucher == self.form.value("by")) {
            word
        } else {
            ""
        }
    }

    fn voucher(&self, path: &str, word: &str) -> Option<String> {
        let secret = self.secret.as_ref()?;
        Some(forgery::voucher(secret, path, word))
    }
}
