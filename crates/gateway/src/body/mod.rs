//! Bodies on their way, in chunks, without being collected.

mod from_client;
mod progress;
mod request;

pub(crate) use from_client::{FromClient, Reading, from_client};
pub(crate) use progress::Progress;
pub(crate) use request::RequestBody;
