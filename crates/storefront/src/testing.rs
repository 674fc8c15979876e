//! A storefront over mocked ports, for this crate's tests.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use actix_web::body::to_bytes;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use async_trait::async_trait;
use udam_domain::account::{Account, Email, Origin, SessionToken};
use udam_domain::marketplace::OpenedSession;
use udam_domain::mocks::{MockPorts, MockProvider, account, signed_in};
use udam_domain::money::{Currency, Money};
use udam_domain::policy::TabLimits;
use udam_domain::{MockPaymentGateway, MockPaymentStore, StoreError};
use udam_web::{Admission, GatewayAddress, PasswordlessLogIn};
use url::Url;

use crate::{
    DemoAnswer, DemoContent, DemoLink, DemoPage, DemoRequest, Development, DevelopmentTexts,
    Storefront, StorefrontDependencies, StorefrontSettings, csrf,
};

/// The session that [`TestStore::signed_in`] knows.
pub(crate) const SESSION: &str = "udam_ses_test";

/// The CSRF cookie of a browser that nobody is signed in with.
pub(crate) const VISITOR: &str = "visitor";

/// Mocked ports, to set expectations on before pages are requested.
pub(crate) struct TestStore {
    pub(crate) mocks: MockPorts,
    pub(crate) public_url: Option<Url>,
    /// Cookie of a browser that has logged in, as `name=value`.
    pub(crate) device: Option<String>,
    /// Whether it is one of development.
    pub(crate) development: bool,
}

/// A response.
pub(crate) struct Received {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Received {
    /// Target of the redirect, without the signature of its flash code.
    pub(crate) fn location(&self) -> &str {
        let location = self.headers.get(header::LOCATION).unwrap();
        let location = location.to_str().unwrap();
        location.split("&by=").next().unwrap()
    }
}

/// The account that [`SESSION`] belongs to.
pub(crate) fn ada() -> Account {
    account(1)
}

/// A payment provider that sends no webhooks.
pub(crate) fn provider(gateway: MockPaymentGateway, charges: MockPaymentStore) -> MockProvider {
    MockProvider {
        gateway,
        charges,
        ..MockProvider::default()
    }
}

impl TestStore {
    /// Ports without expectations; nobody is signed in.
    pub(crate) fn new() -> Self {
        let mut mocks = MockPorts::default();
        mocks.alerts.expect_raise().returning(|_, _| Ok(false));
        Self {
            mocks,
            public_url: "https://udam.example/".parse().ok(),
            device: None,
            development: false,
        }
    }

    /// Ports that know [`SESSION`] as Ada's, and no other session.
    pub(crate) fn signed_in() -> Self {
        let mut store = Self::new();
        store.mocks.authenticate(SESSION, signed_in(1));
        store
    }

    /// Requests a page, with the cookie of [`SESSION`].
    pub(crate) async fn get(self, path: &str) -> Received {
        self.request(TestRequest::get().uri(path)).await
    }

    /// Submits URL-encoded fields with the session's CSRF token.
    pub(crate) async fn post(self, path: &str, fields: &str) -> Received {
        let token = csrf::token(SESSION);
        self.send(path, format!("csrf={token}&{fields}")).await
    }

    /// As [`post`](Self::post), with the CSRF token of a visitor who is not signed in.
    pub(crate) async fn post_as_visitor(self, path: &str, fields: &str) -> Received {
        let token = csrf::token(VISITOR);
        self.send(path, format!("csrf={token}&{fields}")).await
    }

    /// Submits exactly this body.
    pub(crate) async fn send(self, path: &str, form: String) -> Received {
        let request = TestRequest::post()
            .uri(path)
            .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
            .insert_header((header::ORIGIN, "https://udam.example"))
            .set_payload(form);
        self.request(request).await
    }

    /// Sends any request, with the cookies of [`SESSION`] and [`VISITOR`].
    pub(crate) async fn request(self, request: TestRequest) -> Received {
        let (session, visitor) = if self.development {
            ("udam_session", "udam_visitor")
        } else {
            ("__Host-udam_session", "__Host-udam_visitor")
        };
        let device = self.device.clone().unwrap_or_default();
        let cookies = format!("{session}={SESSION}; {visitor}={VISITOR}; {device}");
        let store = web::Data::new(self.into_storefront());
        let app = init_service(App::new().configure(crate::configure(store))).await;
        let request = request
            .insert_header((header::COOKIE, cookies))
            .to_request();
        let response = call_service(&app, request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body()).await.unwrap();
        let html = String::from_utf8(body.to_vec()).unwrap();
        Received {
            status,
            headers,
            html,
        }
    }

    /// The storefront over these ports. Its clock stands at the epoch, and its entropy is all zeros.
    pub(crate) fn into_storefront(mut self) -> Storefront {
        // Without a session that is known, none is.
        self.mocks.mint.expect_recognize().returning(|_| None);
        let marketplace = self.mocks.into_marketplace();
        let settings = StorefrontSettings {
            public_url: self.public_url,
            gateway: GatewayAddress::at("https://udam.example"),
            currency: Currency::USD,
            small_order_limit: Money::new(500, Currency::USD),
            tab_limits: TabLimits {
                any: Money::new(2_500, Currency::USD),
                new: Money::new(500, Currency::USD),
            },
            smallest_charge: Money::new(50, Currency::USD),
        };
        let dependencies = StorefrontDependencies {
            admission: Arc::new(Admission::new(PROXY.to_string().parse().unwrap(), false)),
            development: self.development.then(development),
        };
        Storefront::new(marketplace, settings, dependencies)
    }
}

/// The proxy that is believed about whom it calls for.
pub(crate) const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 9));

/// Path of the demo page.
pub(crate) const DEMO: &str = "/demo/test";

fn development() -> Development {
    Development {
        log_in: Arc::new(AnybodyIsAda),
        texts: DevelopmentTexts {
            banner: "the banner",
            links: &[DemoLink {
                path: DEMO,
                text: "the demo",
            }],
            log_in_hint: "email address alone",
            account_note: "the note",
        },
        pages: vec![Box::new(Demo)],
    }
}

struct Demo;

#[async_trait]
impl DemoPage for Demo {
    fn paths(&self) -> &'static [&'static str] {
        &[DEMO, "/demo/test/{part}"]
    }

    async fn show(&self, request: DemoRequest<'_>) -> Result<Option<DemoAnswer>, StoreError> {
        let part = request.path.strip_prefix(DEMO);
        if part == Some("/document") {
            return Ok(Some(DemoAnswer::Document(
                "<p>written by others".to_owned(),
            )));
        }
        if part == Some("/nothing") {
            return Ok(None);
        }
        Ok(Some(DemoAnswer::Page(DemoContent {
            title: "Demo".to_owned(),
            main: "<p>the demo</p>".to_owned(),
            refresh: false,
            frames: part == Some("/framing"),
        })))
    }

    fn start(&self) {}
}

/// Opens Ada's session, whatever the address.
struct AnybodyIsAda;

#[async_trait]
impl PasswordlessLogIn for AnybodyIsAda {
    async fn log_in(&self, _email: Email, _origin: Origin) -> Result<OpenedSession, StoreError> {
        Ok(OpenedSession {
            token: SessionToken::new("udam_ses_new".to_owned()),
            signed_in: signed_in(1),
        })
    }
}
