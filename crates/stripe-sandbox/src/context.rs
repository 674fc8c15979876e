use std::sync::Arc;

use actix_web::web;

use crate::background::Background;
use crate::clock;
use crate::dispatcher::Dispatcher;
use crate::state::{SharedState, State};

/// The extractor by which handlers get the context.
pub(crate) type ContextData = web::ThinData<Arc<Context>>;

/// Shared state of handlers and background tasks.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) state: SharedState,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) background: Background,
    /// Secret key that requests to the API must have.
    pub(crate) api_key: String,
}

impl Context {
    /// Reads or changes the state; `update` gets it with the time, in seconds since 1970.
    ///
    /// Sessions that are due have expired before. Changes are in the journal after, and the webhooks of all new events
    /// are dispatched, in the order of the events.
    pub(crate) fn update<R>(&self, update: impl FnOnce(&mut State, i64) -> R) -> R {
        let now = clock::seconds();
        let mut state = self.state.lock();
        state.account.expire_due(now);
        let result = update(&mut state, now);
        let queued = state.queue_webhooks();
        state.keep_changes();
        for queued in queued {
            self.dispatcher.dispatch(queued);
        }
        result
    }
}
