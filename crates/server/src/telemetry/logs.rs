use std::io::{self, IsTerminal};

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// Format of log records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One line of text per record.
    Lines,
    /// One JSON object per line, for log collectors.
    Json,
}

impl LogFormat {
    /// Lines if standard error is a terminal, JSON otherwise.
    #[must_use]
    pub fn for_stderr() -> Self {
        if io::stderr().is_terminal() {
            Self::Lines
        } else {
            Self::Json
        }
    }
}

/// Installs a logger to standard error. A second call in one process changes nothing.
///
/// Records of the `log` crate are ignored: some of its users log parameters and headers.
pub fn start_logging(filter: EnvFilter, format: LogFormat) {
    let layer = layer(filter, format, io::stderr, io::stderr().is_terminal());
    // The only failure is that a log has been set up already, such as by a test.
    let _ = Registry::default().with(layer).try_init();
}

fn layer<S, W>(filter: EnvFilter, format: LogFormat, writer: W, ansi: bool) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let records = tracing_subscriber::fmt::layer()
        .with_ansi(ansi)
        .with_writer(writer);
    let records = match format {
        LogFormat::Lines => records.compact().boxed(),
        LogFormat::Json => records.json().flatten_event(true).boxed(),
    };
    let wanted = filter_fn(|record| keeps_secrets(record) && !blames_the_server(record));
    records.with_filter(filter.and(wanted))
}

/// actix logs malformed HTTP as errors of the server. Anyone can send that.
fn blames_the_server(record: &Metadata<'_>) -> bool {
    record.target().starts_with("actix_http::h1::dispatcher")
}

/// Below `info`, libraries log statements with their parameters, headers and bodies. Only our own crates, which do
/// not, can be set to lower levels.
fn keeps_secrets(record: &Metadata<'_>) -> bool {
    let who = record.target().split("::").next().unwrap_or_default();
    who == "udam" || who.starts_with("udam_") || *record.level() <= Level::INFO
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(filter: &str, format: LogFormat, act: impl FnOnce()) -> String {
        let written = Written::default();
        let writer = written.clone();
        let layer = layer(
            EnvFilter::new(filter),
            format,
            move || writer.clone(),
            false,
        );
        tracing::subscriber::with_default(Registry::default().with(layer), act);
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn libraries_log_at_most_at_info() {
        for filter in [
            "trace",
            "tokio_postgres=trace,actix_http=trace,hyper=trace,udam=trace,udamage=trace",
        ] {
            let log = logged(filter, LogFormat::Lines, || {
                tracing::debug!(target: "tokio_postgres::query", "parameters: hunter2");
                tracing::trace!(target: "actix_http::h1", "header: hunter2");
                let span = tracing::debug_span!(target: "hyper::proto", "body", text = "hunter2");
                let _entered = span.enter();
                tracing::warn!(target: "tokio_postgres", "the connection was lost");
                tracing::trace!(target: "udam_api", "a detail");
                tracing::debug!(target: "udam::access", "a request");
                tracing::debug!(target: "udamage", "hunter2");
            });
            assert!(!log.contains("hunter2"), "{log}");
            assert!(log.contains("the connection was lost"), "{log}");
            assert!(log.contains("a detail"), "{log}");
            assert!(log.contains("a request"), "{log}");
        }
    }

    #[test]
    fn a_filter_still_silences() {
        let log = logged("error", LogFormat::Lines, || tracing::warn!("not now"));
        assert_eq!(log, "");
    }

    #[test]
    fn json_is_one_object_a_record_with_its_fields_on_top() {
        let log = logged("info", LogFormat::Json, || {
            tracing::info!(order = 7, "placed");
        });
        assert!(log.starts_with('{') && log.ends_with("}\n"), "{log}");
        assert!(log.contains(r#""message":"placed","order":7"#), "{log}");
    }
}
