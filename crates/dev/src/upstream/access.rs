use actix_web::HttpRequest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use udam_domain::gateway::KeyPlacement;
use url::form_urlencoded;

/// The key of a service, and the place where callers put it. The key is in this source, and worth nothing.
#[derive(Debug)]
pub(crate) struct Access {
    /// The key.
    pub(crate) key: &'static str,
    pub(super) place: Place,
}

#[derive(Debug)]
pub(super) enum Place {
    /// `Authorization: Bearer` (RFC 6750).
    Bearer,
    /// A header of this name.
    Header(&'static str),
    /// A parameter of the query.
    Query(&'static str),
    /// Name of the user of basic authentication, with an empty password (RFC 7617).
    BasicUser,
}

impl Access {
    /// The place as gateway terms have it; `None` if it has no valid name.
    pub(crate) fn placement(&self) -> Option<KeyPlacement> {
        Some(match self.place {
            Place::Bearer => KeyPlacement::default(),
            Place::Header(name) => KeyPlacement::Header {
                name: name.parse().ok()?,
                prefix: "".parse().ok()?,
            },
            Place::Query(name) => KeyPlacement::Query(name.parse().ok()?),
            Place::BasicUser => KeyPlacement::Basic(None),
        })
    }

    /// Whether a request has the key in its place.
    pub(super) fn admits(&self, request: &HttpRequest) -> bool {
        let header = |name: &str| request.headers().get(name)?.to_str().ok();
        match self.place {
            Place::Bearer => header("Authorization")
                .and_then(|value| value.strip_prefix("Bearer "))
                .is_some_and(|key| key == self.key),
            Place::Header(name) => header(name).is_some_and(|key| key == self.key),
            Place::Query(name) => form_urlencoded::parse(request.query_string().as_bytes())
                .any(|(parameter, key)| parameter == name && key == self.key),
            Place::BasicUser => header("Authorization")
                .and_then(|value| value.strip_prefix("Basic "))
                .and_then(|encoded| STANDARD.decode(encoded).ok())
                .is_some_and(|decoded| decoded.strip_suffix(b":") == Some(self.key.as_bytes())),
        }
    }
}
