use tracing_subscriber::EnvFilter;

use crate::reader::Reader;
use crate::setting::LOG;

/// Default filter. Starts and ends of workers are left out.
const DEFAULT_FILTER: &str = "info,actix_server=warn";

pub(crate) fn log_filter(reader: &mut Reader<'_>) -> EnvFilter {
    let parse = |text: &str| {
        EnvFilter::try_new(text).map_err(|_not_a_filter| {
            "must be a level (error, warn, info, debug or trace), or levels by module such as \
             info,udam_postgres=debug"
        })
    };
    reader
        .optional(&LOG, parse)
        .unwrap_or_else(|| EnvFilter::new(DEFAULT_FILTER))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    fn filter(value: &str) -> Result<String, String> {
        let environment: Environment = [("RUST_LOG".to_owned(), value)].into_iter().collect();
        let mut reader = Reader::new(&environment, None);
        let filter = log_filter(&mut reader).to_string();
        reader
            .finish(Some(filter))
            .map_err(|errors| errors.to_string())
    }

    #[test]
    fn a_filter_is_a_level_or_levels_by_module() {
        assert_eq!(filter("debug").as_deref(), Ok("debug"));
        assert!(filter("info,udam_postgres=debug").is_ok());
        assert!(
            filter("udam=loud")
                .unwrap_err()
                .contains("RUST_LOG in the environment must be a level")
        );
    }
}
