use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::time::Instant;
use udam_domain::listing::{ApiKey, EndpointUrl};
use udam_domain::marketplace::{BeginCall, BeginCallError};

use crate::metrics::draw_took;
use crate::recorder::Recorder;
use crate::running::RunningCall;

/// A call that may be made.
pub(crate) struct Begun {
    pub(crate) call: RunningCall,
    pub(crate) api_key: ApiKey,
    pub(crate) endpoint_url: EndpointUrl,
    /// Time that the draw took.
    pub(crate) draw: Duration,
}

/// The draw of a call. If it is dropped in the middle, it goes on in a task, which ends the call once it has begun: its units
/// may have been taken.
pub(crate) struct Beginning {
    recorder: Arc<Recorder>,
    /// `None` once it has finished.
    drawing: Option<BoxFuture<'static, Result<Begun, BeginCallError>>>,
}

impl Beginning {
    pub(crate) fn new(recorder: Arc<Recorder>, call: BeginCall) -> Self {
        let drawing = draw(Arc::clone(&recorder), call).boxed();
        Self {
            recorder,
            drawing: Some(drawing),
        }
    }
}

async fn draw(recorder: Arc<Recorder>, call: BeginCall) -> Result<Begun, BeginCallError> {
    let _token = recorder.token();
    let started = Instant::now();
    let begun = recorder.calls.begin(call).await;
    let draw = started.elapsed();
    draw_took(draw);
    let begun = begun?;
    Ok(Begun {
        call: RunningCall::new(Arc::clone(&recorder), begun.drawn, started),
        api_key: begun.api_key,
        endpoint_url: begun.endpoint_url,
        draw,
    })
}

impl Future for Beginning {
    type Output = Result<Begun, BeginCallError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Taken out while it runs: one that panics is not resumed.
        let Some(mut drawing) = self.drawing.take() else {
            return Poll::Pending;
        };
        let polled = drawing.poll_unpin(context);
        if polled.is_pending() {
            self.drawing = Some(drawing);
        }
        polled
    }
}

impl Drop for Beginning {
    fn drop(&mut self) {
        if let Some(drawing) = self.drawing.take() {
            self.recorder.spawn(drawing.map(drop));
        }
    }
}
