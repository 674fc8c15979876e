//! Whether a database can hold and search every text.

use thiserror::Error;
use udam_domain::StoreError;

use crate::columns::Columns;
use crate::error::Unreadable;
use crate::pool::PgPool;

/// How a database compares letters regardless of case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseFolding {
    /// Letters of all scripts.
    AllLetters,
    /// Letters of ASCII only: its `lc_ctype` is `C` or `POSIX`.
    AsciiOnly,
}

/// Why a database cannot be used.
#[derive(Debug, Error)]
pub enum EncodingError {
    /// It cannot hold every text.
    #[error(
        "the database {name} has the encoding {encoding}, which cannot hold every text; create one with \
         `CREATE DATABASE udam TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'` and set DATABASE_URL \
         to it"
    )]
    NotUtf8 {
        /// Name of the database.
        name: String,
        /// Its encoding, as PostgreSQL names it.
        encoding: String,
    },
    /// It could not be asked.
    #[error("the database could not be asked for its encoding")]
    Unavailable(#[from] StoreError),
}

/// Checks that the database's encoding is UTF-8, and returns how it compares letters.
///
/// # Errors
/// [`EncodingError`]
pub async fn check_encoding(pool: &PgPool) -> Result<CaseFolding, EncodingError> {
    const ENCODING: &str = "\
-- encoding::check_encoding
SELECT current_database()::text AS name, current_setting('server_encoding') AS encoding";
    const FOLDS: &str = "\
-- encoding::check_encoding, folds
SELECT lower('ÄЯ') = 'äя' AS folds";

    let client = pool.client().await?;
    let row = client.row(ENCODING, &[]).await?;
    let database = row
        .map(|row| Ok((row.read("name")?, row.read("encoding")?)))
        .transpose()
        .map_err(|error: Unreadable| StoreError::from(error))?;
    match database {
        Some((name, encoding)) if encoding != "UTF8" => {
            return Err(EncodingError::NotUtf8 { name, encoding });
        }
        _ => {}
    }
    let row = client.row(FOLDS, &[]).await?;
    let folds = row
        .map(|row| row.read("folds"))
        .transpose()
        .map_err(StoreError::from)?;
    Ok(if folds == Some(true) {
        CaseFolding::AllLetters
    } else {
        CaseFolding::AsciiOnly
    })
}
