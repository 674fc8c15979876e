use std::collections::VecDeque;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::Value;
use stripe_webhook::{Event, Webhook};
use tokio::time::{sleep, timeout};
use url::Url;

const PATIENCE: Duration = Duration::from_secs(20);

/// A webhook as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    pub(crate) signature: String,
    pub(crate) body: String,
}

impl Arrival {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    pub(crate) fn id(&self) -> String {
        self.json()["id"].as_str().unwrap().to_owned()
    }

    /// Checked and read by the client library.
    pub(crate) fn event(&self, secret: &str) -> Event {
        Webhook::construct_event(&self.body, &self.signature, secret).unwrap()
    }
}

#[derive(Debug, Default)]
struct Letterbox {
    arrivals: Vec<Arrival>,
    /// What is answered to the next ones; 200 once there is nothing left.
    script: VecDeque<u16>,
}

type Shared = Arc<Mutex<Letterbox>>;

/// An application that receives webhooks.
pub(crate) struct Receiver {
    pub(crate) url: Url,
    letterbox: Shared,
    server: ServerHandle,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        Self::with_script([])
    }

    /// Answers as the script says, and 200 after that.
    pub(crate) fn with_script(script: impl IntoIterator<Item = u16>) -> Self {
        let letterbox = Shared::default();
        letterbox.lock().unwrap().script = script.into_iter().collect();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let data = web::ThinData(Arc::clone(&letterbox));
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
            letterbox,
            server: handle,
        }
    }

    pub(crate) fn arrivals(&self) -> Vec<Arrival> {
        self.letterbox.lock().unwrap().arrivals.clone()
    }

    /// Waits until that many have arrived, and returns them all.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Arrival> {
        let arrived = async {
            while self.arrivals().len() < count {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let in_time = timeout(PATIENCE, arrived).await;
        let arrivals = self.arrivals();
        assert!(in_time.is_ok(), "{count} awaited, {} came", arrivals.len());
        arrivals
    }

    /// Goes away, as an application that is killed.
    pub(crate) async fn stop(&self) {
        self.server.stop(false).await;
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn receive(
    request: HttpRequest,
    body: String,
    letterbox: web::ThinData<Shared>,
) -> HttpResponse {
    let header = request.headers().get("Stripe-Signature").unwrap();
    let mut letterbox = letterbox.lock().unwrap();
    letterbox.arrivals.push(Arrival {
        signature: header.to_str().unwrap().to_owned(),
        body,
    });
    let status = letterbox.script.pop_front().unwrap_or(200);
    HttpResponse::new(StatusCode::from_u16(status).unwrap())
}
