use std::future::poll_fn;
use std::task::{Context, Poll};

use actix_web::HttpRequest;
use udam_web::{ConnectionState, Streaming};

/// The connection of a client, as far as a call depends on it.
#[derive(Clone)]
pub(crate) struct Client(Option<ConnectionState>);

impl Client {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        Self(request.conn_data::<ConnectionState>().cloned())
    }

    /// From now on, the call limits how long the client is waited for, until the returned value is dropped.
    pub(crate) fn stream(&self) -> Option<Streaming> {
        self.0.as_ref().map(ConnectionState::stream)
    }

    /// Returns once the client has gone.
    pub(crate) async fn left(&self) {
        poll_fn(|context| self.poll_left(context)).await;
    }

    pub(crate) fn poll_left(&self, context: &mut Context<'_>) -> Poll<()> {
        match &self.0 {
            Some(state) => state.poll_client_left(context),
            None => Poll::Pending,
        }
    }
}
