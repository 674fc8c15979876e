//! The secret by which an account recognizes a browser that it has logged in from.

use actix_web::HttpResponse;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use udam_domain::account::{Client, DeviceDigest};
use zeroize::Zeroizing;

use crate::cookies::{self, Purpose};
use crate::error::PageError;
use crate::request::Request;

const SECRET_BYTES: usize = 32;

/// A browser's secret: 256 random bits. It authenticates nobody; logins from the browser only have a limit of
/// their own.
pub(crate) struct DeviceSecret(Zeroizing<String>);

impl DeviceSecret {
    /// The secret of the browser that sends this request, or a new one if it has none.
    pub(crate) fn of(request: &Request) -> Self {
        let kept = request.cookie(Purpose::Device).map(Zeroizing::new);
        Self(kept.filter(|text| is_secret(text)).unwrap_or_else(|| {
            let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
            request.marketplace().entropy.fill(bytes.as_mut());
            Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_ref()))
        }))
    }

    /// The client that sends this request, with this secret.
    pub(crate) fn client(&self, request: &Request) -> Client {
        Client {
            origin: request.origin(),
            device: self.digest(),
        }
    }

    /// Digest by which storage looks it up.
    pub(crate) fn digest(&self) -> Option<DeviceDigest> {
        let bytes = digest(&SHA256, self.0.as_bytes());
        bytes.as_ref().try_into().ok().map(DeviceDigest::new)
    }

    /// Gives it to the browser, after a login.
    pub(crate) fn set(
        &self,
        response: &mut HttpResponse,
        request: &Request,
    ) -> Result<(), PageError> {
        cookies::set(response, &cookies::device(&self.0, request.store.stage()))
    }
}

/// Whether the text can be one of our secrets: nobody is to be recognized by something that can be guessed.
fn is_secret(text: &str) -> bool {
    let bytes = URL_SAFE_NO_PAD.decode(text);
    bytes.is_ok_and(|bytes| bytes.len() == SECRET_BYTES)
}
