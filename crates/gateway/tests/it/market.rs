//! A gateway over ports that tests look into.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::{ServerHandle, Service};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer};
use async_trait::async_trait;
use futures::FutureExt;
use rustls::RootCertStore;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{sleep, timeout};
use udam_domain::gateway::{
    AccessKeyDigest, Call, CallOutcome, CallState, DrawCall, DrawRefused, Drawn, EndedCall,
    Finished, GatewayTerms, TermsVersion, VersionedTerms,
};
use udam_domain::id::{AccessKeyId, CallId, TokenId};
use udam_domain::listing::{ApiKey, SealedKey};
use udam_domain::marketplace::{CallPorts, Calls};
use udam_domain::mocks::{CountingEntropy, FixedClock, account_id, listing_id};
use udam_domain::policy::CallPolicy;
use udam_domain::time::{SignedDuration, Timestamp};
use udam_domain::units::{Stock, Units};
use udam_domain::{
    CallStore, DrawCallError, DrawnCall, MockAccessKeyMint, MockKeyVault, StoreError,
};
use udam_gateway::{Gateway, Resolve, Services, UpstreamSettings, configure};
use udam_web::{ConnectionState, last_request};

use crate::SELLERS_KEY;

/// Longest that anything is waited for.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Settings of a market.
pub(crate) struct Settings {
    pub(crate) endpoint: String,
    pub(crate) terms: GatewayTerms,
    pub(crate) key: &'static str,
    pub(crate) upstream: UpstreamSettings,
    pub(crate) refuse: Option<DrawRefused>,
    /// Time that a draw takes.
    pub(crate) draw: Duration,
    /// Reports of ends that fail.
    pub(crate) failing_ends: usize,
}

impl Settings {
    pub(crate) fn of(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            terms: GatewayTerms::default(),
            key: SELLERS_KEY,
            upstream: UpstreamSettings {
                allow_private: true,
                roots: RootCertStore::empty(),
                resolver: Arc::new(Names(Vec::new())),
                connect_timeout: Duration::from_secs(5),
                idle_timeout: Duration::from_secs(5),
            },
            refuse: None,
            draw: Duration::ZERO,
            failing_ends: 0,
        }
    }
}

/// A resolver with these names, in turns if one is there several times.
pub(crate) struct Names(pub(crate) Vec<(&'static str, Vec<IpAddr>)>);

#[async_trait]
impl Resolve for Names {
    async fn resolve(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        if name == "silent.example" {
            futures::future::pending::<()>().await;
        }
        let found = self.0.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, addresses)| addresses.clone())
            .ok_or_else(|| std::io::Error::other("no such name"))
    }
}

/// A gateway that is served.
pub(crate) struct Market {
    pub(crate) address: SocketAddr,
    pub(crate) gateway: Gateway,
    server: ServerHandle,
    ends: UnboundedReceiver<Call>,
    store: Arc<Store>,
}

impl Market {
    pub(crate) fn open(settings: Settings) -> Self {
        let (ended, ends) = unbounded_channel();
        let services = Services::new(settings.upstream.clone(), &Handle::current()).unwrap();
        let store = Arc::new(Store {
            settings,
            ended,
            drawn: Mutex::default(),
            extended: Mutex::default(),
            failures: Mutex::default(),
        });
        let gateway = Gateway::new(calls(Arc::clone(&store)), services, Handle::current());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (app, lasting) = (gateway.clone(), Handle::current());
        let server = HttpServer::new(move || {
            let lasting = lasting.clone();
            App::new()
                .wrap_fn(move |request, service| {
                    let lasting = lasting.clone();
                    let mut answering = Box::pin(service.call(request));
                    futures::future::poll_fn(move |context| {
                        let _entered = lasting.enter();
                        answering.poll_unpin(context)
                    })
                })
                .wrap(from_fn(last_request))
                .configure(configure(app.clone()))
        })
        .on_connect(|_stream, data| {
            data.insert(ConnectionState::default());
        })
        // What the server does by itself otherwise: a client that closes has gone.
        .h1_allow_half_closed(false)
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Self {
            address,
            gateway,
            server: handle,
            ends,
            store,
        }
    }

    /// Of the service at this address.
    pub(crate) fn of(endpoint: impl Into<String>) -> Self {
        Self::open(Settings::of(endpoint))
    }

    /// Path of the gateway of the listing.
    pub(crate) fn path() -> String {
        format!("/gw/{}", listing_id(5))
    }

    /// The next call that ends.
    pub(crate) async fn ended(&mut self) -> Call {
        let ended = timeout(LONGEST_WAIT, self.ends.recv()).await;
        ended.expect("no call has ended").unwrap()
    }

    /// Checks that the next call ends so, and is not charged.
    pub(crate) async fn expect_returned(&mut self, outcome: &str) -> Call {
        let call = self.ended().await;
        assert_eq!(
            (call.outcome.name(), call.state),
            (outcome, CallState::Returned),
            "{call:?}"
        );
        assert_eq!(call.units, 0);
        call
    }

    /// Checks that the next call ends so, and is charged.
    pub(crate) async fn expect_charged(&mut self, outcome: &str) -> Call {
        let call = self.ended().await;
        assert_eq!(
            (call.outcome.name(), call.state),
            (outcome, CallState::Charged),
            "{call:?}"
        );
        call
    }

    /// Number of calls that were drawn.
    pub(crate) fn drawn(&self) -> usize {
        self.store.drawn.lock().unwrap().len()
    }

    /// Calls whose deadlines were moved.
    pub(crate) fn extended(&self) -> Vec<CallId> {
        self.store.extended.lock().unwrap().clone()
    }

    pub(crate) async fn stop(&self, graceful: bool) {
        self.gateway.stop();
        self.server.stop(graceful).await;
    }

    /// No call has ended without having been looked at.
    pub(crate) fn no_more_ended(&mut self) -> bool {
        self.ends.try_recv().is_err()
    }
}

impl Drop for Market {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

fn calls(store: Arc<Store>) -> Calls {
    let mut mint = MockAccessKeyMint::new();
    mint.expect_recognize().returning(|key| {
        (key.expose() == crate::client::KEY).then(|| AccessKeyDigest::new([7; 32]))
    });
    let mut vault = MockKeyVault::new();
    let key = store.settings.key;
    vault
        .expect_open()
        .returning(move |_, _| Ok(ApiKey::new(key.to_owned()).unwrap()));
    let now: Timestamp = "2026-11-30T00:00:00Z".parse().unwrap();
    let ports = CallPorts {
        store,
        mint: Arc::new(mint),
        vault: Arc::new(vault),
        clock: Arc::new(FixedClock::new(now)),
        entropy: Arc::new(CountingEntropy::default()),
    };
    let policy = CallPolicy {
        extend_every: SignedDuration::from_millis(200),
        ..CallPolicy::default()
    };
    Calls::new(ports, policy)
}

struct Store {
    settings: Settings,
    ended: UnboundedSender<Call>,
    drawn: Mutex<Vec<CallId>>,
    extended: Mutex<Vec<CallId>>,
    failures: Mutex<usize>,
}

#[async_trait]
impl CallStore for Store {
    async fn draw(&self, draw: DrawCall) -> Result<DrawnCall, DrawCallError> {
        sleep(self.settings.draw).await;
        if let Some(refused) = self.settings.refuse {
            return Err(refused.into());
        }
        let terms = self.settings.terms.clone();
        if !terms.sell(draw.method, &draw.path) {
            return Err(DrawRefused::NotSold.into());
        }
        self.drawn.lock().unwrap().push(draw.call_id);
        let taken = terms.cost.taken();
        let limit = terms.rate.map(|rate| rate.admit(None, draw.at).unwrap().1);
        Ok(DrawnCall {
            drawn: Drawn {
                call_id: draw.call_id,
                token_id: TokenId::from_uuid(uuid::Uuid::from_u128(8)),
                key_id: AccessKeyId::from_uuid(uuid::Uuid::from_u128(3)),
                listing_id: draw.listing_id,
                buyer_id: account_id(2),
                seller_id: account_id(1),
                terms: Arc::new(VersionedTerms {
                    version: TermsVersion::FIRST,
                    terms,
                }),
                taken,
                left: Stock::new(100 - i64::from(taken.get())).unwrap(),
                limit,
                method: draw.method,
                path: draw.path,
                began_at: draw.at,
                deadline: draw.deadline,
            },
            key: SealedKey {
                key_id: "active".parse().unwrap(),
                ciphertext: Vec::new(),
            },
            endpoint_url: self.settings.endpoint.parse().unwrap(),
        })
    }

    async fn finish(&self, ended: EndedCall) -> Result<Finished, StoreError> {
        {
            let mut failures = self.failures.lock().unwrap();
            if *failures < self.settings.failing_ends {
                *failures += 1;
                return Err(StoreError::Overloaded);
            }
        }
        let known = self.drawn.lock().unwrap().contains(&ended.call.id);
        assert!(known, "a call has ended that was not drawn");
        let _ = self.ended.send(ended.call);
        Ok(Finished::Now)
    }

    async fn extend(&self, calls: Vec<CallId>, _: Timestamp) -> Result<(), StoreError> {
        self.extended.lock().unwrap().extend(calls);
        Ok(())
    }

    async fn give_up_lost(&self, _: Timestamp, _: u16) -> Result<Vec<CallId>, StoreError> {
        Ok(Vec::new())
    }

    async fn keep(&self, _: Timestamp, _: SignedDuration) -> Result<(), StoreError> {
        Ok(())
    }
}

/// So many units.
pub(crate) fn units(count: i64) -> Units {
    Units::new(count).unwrap()
}

/// The status of an outcome.
pub(crate) fn status(call: &Call) -> u16 {
    CallOutcome::head(call.outcome).unwrap().status
}
