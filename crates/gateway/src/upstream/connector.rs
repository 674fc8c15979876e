use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::FutureExt;
use http::Uri;
use http::uri::Scheme;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tower_service::Service;
use udam_domain::listing::is_public_address;

use super::UpstreamSettings;
use super::dial::dial;
use super::error::{Failed, UpstreamError};
use super::stream::{H2, Stream};

/// Makes connections to services.
///
/// `hyper-util` has a connector, and `hyper-rustls` one around it: an address in place of a name passes by its resolver, and
/// their errors do not tell what has failed. So names, addresses and TLS are asked about one after another here.
#[derive(Clone)]
pub(super) struct Connector {
    settings: Arc<UpstreamSettings>,
    tls: TlsConnector,
    /// Where connections are made and live.
    runtime: Handle,
}

impl Connector {
    /// With `offer_h2`, services may choose HTTP/2. Connections live on `runtime`.
    pub(super) fn new(
        settings: Arc<UpstreamSettings>,
        offer_h2: bool,
        runtime: Handle,
    ) -> Result<Self, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider);
        let mut config = config
            .with_safe_default_protocol_versions()?
            .with_root_certificates(settings.roots.clone())
            .with_no_client_auth();
        let offered = offer_h2.then_some(H2).into_iter().chain([&b"http/1.1"[..]]);
        config.alpn_protocols = offered.map(<[u8]>::to_vec).collect();
        Ok(Self {
            settings,
            tls: Arc::new(config).into(),
            runtime,
        })
    }

    /// The same, with connections on another runtime.
    pub(super) fn on(&self, runtime: Handle) -> Self {
        Self {
            runtime,
            ..self.clone()
        }
    }

    pub(super) const fn runtime(&self) -> &Handle {
        &self.runtime
    }

    async fn connect(self, uri: Uri) -> Result<Stream, UpstreamError> {
        let limit = self.settings.connect_timeout;
        let connected = timeout(limit, self.connect_in_any_time(&uri)).await;
        connected.map_err(|_elapsed| UpstreamError::ConnectTimeout)?
    }

    async fn connect_in_any_time(&self, uri: &Uri) -> Result<Stream, UpstreamError> {
        let has_tls = uri.scheme() == Some(&Scheme::HTTPS);
        if !has_tls && !self.settings.allow_private {
            return Err(UpstreamError::AddressRefused);
        }
        let host = uri.host().unwrap_or_default();
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let port = uri.port_u16().unwrap_or(if has_tls { 443 } else { 80 });
        let addresses = self.addresses(host).await?;
        let stream = dial(&addresses, port).await?;
        if !has_tls {
            return Ok(Stream::Plain(stream));
        }
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| UpstreamError::TlsFailed(io::Error::other(error)))?;
        let stream = self
            .tls
            .connect(name, stream)
            .await
            .map_err(UpstreamError::TlsFailed)?;
        Ok(Stream::Tls(Box::new(stream)))
    }

    /// The addresses of a host that may be called.
    async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, UpstreamError> {
        let addresses = match host.parse::<IpAddr>() {
            Ok(address) => vec![address],
            Err(_name) => {
                let resolved = self.settings.resolver.resolve(host).await;
                resolved.map_err(|error| UpstreamError::NameNotFound(Some(error)))?
            }
        };
        if addresses.is_empty() {
            return Err(UpstreamError::NameNotFound(None));
        }
        let may_be_called =
            |address: &IpAddr| self.settings.allow_private || is_public_address(*address);
        let called: Vec<_> = addresses.into_iter().filter(may_be_called).collect();
        if called.is_empty() {
            Err(UpstreamError::AddressRefused)
        } else {
            Ok(called)
        }
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Failed>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failed>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.runtime.spawn(self.clone().connect(uri));
        let connected = connecting.map(|ended| match ended {
            Ok(connected) => connected.map(TokioIo::new).map_err(Failed::from),
            Err(stopped) => Err(UpstreamError::ConnectionRefused(stopped.into()).into()),
        });
        Box::pin(connected)
    }
}
