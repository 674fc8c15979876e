//! The marketplace's servers: which routes are served at which address.

mod unknown_path;

use std::sync::Arc;

use actix_web::{HttpRequest, web};
use udam_domain::Entropy;
use udam_gateway::Gateway;
use udam_hosting::{
    HostError, HostSettings, ListenError, Listener, Routes, RunningServers, Server,
};

use crate::wiring::Adapters;
use udam_config::HttpSettings;

use unknown_path::unknown_path;

/// How to move the listener of operators.
const MOVE_OPERATORS: &str = "set UDAM_ADMIN_LISTEN, such as UDAM_ADMIN_LISTEN=127.0.0.1:9091; each server on a \
                              host needs an admin port of its own";

/// How to move the listener of calls.
const MOVE_CALLS: &str =
    "set UDAM_GATEWAY_LISTEN, or leave it out: calls come to UDAM_LISTEN as well";

/// The sockets that the marketplace is served at.
#[derive(Debug)]
pub(crate) struct Listeners {
    pub(crate) clients: Listener,
    /// `None` if operators connect where clients do.
    pub(crate) operators: Option<Listener>,
    /// `None` if calls come only where clients connect.
    pub(crate) calls: Option<Listener>,
}

impl Listeners {
    /// Binds the addresses in the settings. `move_clients` tells how to move the listener of clients. Has to be called within
    /// a runtime.
    ///
    /// # Errors
    /// [`ListenError`]
    pub(crate) fn bind(
        http: &HttpSettings,
        move_clients: &'static str,
    ) -> Result<Self, ListenError> {
        let operators = http
            .admin_listen
            .map(|address| Listener::bind(address, MOVE_OPERATORS));
        let calls = http
            .gateway_listen
            .map(|address| Listener::bind(address, MOVE_CALLS));
        Ok(Self {
            clients: Listener::bind(http.listen, move_clients)?,
            operators: operators.transpose()?,
            calls: calls.transpose()?,
        })
    }

    /// Each of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Listener> {
        [&self.clients]
            .into_iter()
            .chain(&self.operators)
            .chain(&self.calls)
    }
}

/// Starts the servers of a marketplace that is ready.
///
/// # Errors
/// [`HostError`]
pub(crate) fn start(
    adapters: &Adapters,
    http: &HttpSettings,
    listeners: Listeners,
) -> Result<RunningServers, HostError> {
    let clients = Server::new(listeners.clients, clients_routes(adapters.clone()));
    let clients = limited(clients.workers(http.workers), http);
    let operators = listeners.operators.map(|listener| {
        let routes = operators_routes(adapters.clone());
        Server::new(listener, routes).stop_last()
    });
    let calls = listeners.calls.map(|listener| {
        let calls = Server::new(listener, call_routes(adapters.gateway.clone()));
        limited(calls.workers(http.workers), http)
    });
    let settings = host_settings(Arc::clone(&adapters.entropy), adapters.store.needs_tls());
    let servers = operators.into_iter().chain(calls).chain([clients]);
    RunningServers::start(&settings, servers.collect())
}

/// The server with as many connections of each client as the settings allow.
fn limited(server: Server, http: &HttpSettings) -> Server {
    if http.rate_limit {
        server.limit_connections(http.trusted_proxies.clone())
    } else {
        server
    }
}

/// What all servers of the marketplace share.
pub(crate) fn host_settings(entropy: Arc<dyn Entropy>, needs_tls: bool) -> HostSettings {
    HostSettings {
        entropy,
        needs_tls,
        unread_request: udam_api::unread_request,
    }
}

/// Routes until the marketplace is ready: 200 at `/healthz`, and 503 for all else.
pub(crate) fn starting_routes() -> Routes {
    Arc::new(|app: &mut web::ServiceConfig| {
        app.route("/healthz", web::get().to(|| async { udam_api::alive() }))
            .default_service(web::to(|request: HttpRequest| async move {
                udam_api::not_started(&request)
            }));
    })
}

fn clients_routes(adapters: Adapters) -> Routes {
    Arc::new(move |app: &mut web::ServiceConfig| {
        if let Some(first) = &adapters.first_routes {
            first(app);
        }
        app.configure(udam_gateway::configure(adapters.gateway.clone()))
            .configure(udam_api::configure(adapters.api.clone()))
            .configure(udam_storefront::configure(adapters.store.clone()))
            .default_service(web::to(unknown_path));
    })
}

fn call_routes(gateway: Gateway) -> Routes {
    Arc::new(move |app: &mut web::ServiceConfig| {
        app.configure(udam_gateway::configure(gateway.clone()))
            .route("/healthz", web::get().to(|| async { udam_api::alive() }))
            .default_service(web::to(|request: HttpRequest| async move {
                udam_api::not_found(&request)
            }));
    })
}

fn operators_routes(adapters: Adapters) -> Routes {
    Arc::new(move |app: &mut web::ServiceConfig| {
        app.configure(udam_api::configure_admin(adapters.api.clone()));
    })
}

#[cfg(all(test, feature = "dev"))]
mod tests {
    use super::*;
    use udam_config::{Environment, SettingsSources};

    #[tokio::test]
    async fn an_address_of_another_machine_leads_to_its_setting() {
        // 192.0.2.0/24 is nobody's: RFC 5737.
        let given = [("UDAM_ADMIN_LISTEN".to_owned(), "192.0.2.1:8080")];
        let environment: Environment = given.into_iter().collect();
        let sources = SettingsSources::new(environment, None).unwrap();
        let clients = "127.0.0.1:0".parse().unwrap();
        let settings = sources.for_development(Some(clients)).unwrap();
        let error = Listeners::bind(&settings.marketplace.http, "").unwrap_err();
        assert!(
            error.to_string().contains("set UDAM_ADMIN_LISTEN"),
            "{error}"
        );
    }
}
