use std::future::poll_fn;
use std::pin::pin;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use tokio::runtime::Handle;

/// Runs a handler on its worker, but what it spawns (a database connection, an order that continues without its
/// caller, a password hash) on the runtime that outlives the workers.
///
/// Each worker has a runtime of its own, and when a server stops, those that are idle go first. A
/// connection made on one of them, and since used by a request on another, would be closed with
/// it.
pub(crate) async fn on_lasting_runtime(
    lasting: web::ThinData<Handle>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut answering = pin!(next.call(request));
    poll_fn(|context| {
        let _entered = lasting.enter();
        answering.as_mut().poll(context)
    })
    .await
}

#[cfg(test)]
mod tests {
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, HttpResponse};

    use super::*;

    #[test]
    fn tasks_of_a_request_outlive_its_worker() {
        let lasting = tokio::runtime::Runtime::new().unwrap();
        let (started, finished) = tokio::sync::oneshot::channel();
        let handle = lasting.handle().clone();
        // The test system is a worker's: it ends with this block.
        actix_web::rt::System::new().block_on(async move {
            let started = std::sync::Mutex::new(Some(started));
            let started = web::Data::new(started);
            let app = App::new()
                .app_data(web::ThinData(handle))
                .app_data(started)
                .wrap(from_fn(on_lasting_runtime))
                .default_service(web::to(handler));
            let app = init_service(app).await;
            call_service(&app, TestRequest::default().to_request()).await;
        });
        assert_eq!(lasting.block_on(finished), Ok("done"));
    }

    type Started = std::sync::Mutex<Option<tokio::sync::oneshot::Sender<&'static str>>>;

    async fn handler(started: web::Data<Started>) -> HttpResponse {
        let started = started.lock().unwrap().take().unwrap();
        tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            let _ = started.send("done");
        });
        HttpResponse::Ok().finish()
    }
}
