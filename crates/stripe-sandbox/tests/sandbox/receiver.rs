use std::collections::VecDeque;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::Value;
use stripe_webhook::{Event, Webhook, WebhookError};
use tokio::time::{sleep, timeout};
use url::Url;

const RECEIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// A webhook as it was received.
#[derive(Debug, Clone)]
pub(crate) struct ReceivedWebhook {
    pub(crate) signature: String,
    pub(crate) body: String,
}

impl ReceivedWebhook {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn event_type(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    pub(crate) fn id(&self) -> String {
        self.json()["id"].as_str().unwrap().to_owned()
    }

    /// Whether the signature is the secret's, whatever the client library makes of the body.
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        !matches!(
            Webhook::construct_event(&self.body, &self.signature, secret),
            Err(WebhookError::BadSignature | WebhookError::BadTimestamp(_))
        )
    }

    /// Verifies and parses it with the client library.
    pub(crate) fn event(&self, secret: &str) -> Event {
        Webhook::construct_event(&self.body, &self.signature, secret).unwrap()
    }
}

#[derive(Debug, Default)]
struct Inbox {
    received: Vec<ReceivedWebhook>,
    /// Statuses of the next responses; 200 after the last.
    script: VecDeque<u16>,
}

type Shared = Arc<Mutex<Inbox>>;

/// An application that receives webhooks.
pub(crate) struct Receiver {
    pub(crate) url: Url,
    inbox: Shared,
    server: ServerHandle,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        Self::with_script([])
    }

    /// Responds with these statuses, and with 200 after the last.
    pub(crate) fn with_script(script: impl IntoIterator<Item = u16>) -> Self {
        let inbox = Shared::default();
        inbox.lock().unwrap().script = script.into_iter().collect();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let data = web::ThinData(Arc::clone(&inbox));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route("/hooks", web::post().to(receive))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Self {
            url: url.parse().unwrap(),
            inbox,
            server: handle,
        }
    }

    pub(crate) fn received(&self) -> Vec<ReceivedWebhook> {
        self.inbox.lock().unwrap().received.clone()
    }

    /// Waits until `count` webhooks have been received, and returns all.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<ReceivedWebhook> {
        let arrived = async {
            while self.received().len() < count {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let result = timeout(RECEIVE_TIMEOUT, arrived).await;
        let received = self.received();
        assert!(
            result.is_ok(),
            "{count} expected, {} received",
            received.len()
        );
        received
    }

    /// Stops at once, like an application that is killed.
    pub(crate) async fn stop(&self) {
        self.server.stop(false).await;
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn receive(request: HttpRequest, body: String, inbox: web::ThinData<Shared>) -> HttpResponse {
    let header = request.headers().get("Stripe-Signature").unwrap();
    let mut inbox = inbox.lock().unwrap();
    inbox.received.push(ReceivedWebhook {
        signature: header.to_str().unwrap().to_owned(),
        body,
    });
    let status = inbox.script.pop_front().unwrap_or(200);
    HttpResponse::new(StatusCode::from_u16(status).unwrap())
}
