//! Flash messages: what was just done, shown once on the page that the browser is redirected to.
//!
//! The URL carries the message's code and a signature over it. Without the signature, a link could make
//! our pages claim something that never happened.

use super::Request;
use crate::csrf;

impl Request {
    /// The URL of one of our pages, which is to show the message of this code.
    pub(crate) fn with_flash(&self, path: &str, code: &str) -> String {
        let signature = self.flash_signature(path, code).unwrap_or_default();
        format!("{path}?done={code}&by={signature}")
    }

    /// The code of the message to show; empty if there is none or its signature is wrong.
    pub(crate) fn flash(&self) -> &str {
        let code = self.form.value("done");
        let signature = self.flash_signature(self.http.path(), code);
        if signature.is_some_and(|signature| signature == self.form.value("by")) {
            code
        } else {
            ""
        }
    }

    fn flash_signature(&self, path: &str, code: &str) -> Option<String> {
        let secret = self.secret.as_ref()?;
        Some(csrf::flash_signature(secret, path, code))
    }
}
