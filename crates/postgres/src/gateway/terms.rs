//! Gateway terms of listings: rows that are written once, one for each version.

use std::num::NonZeroU32;

use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::gateway::{
    BasicUser, CallCost, CallRate, CallTimeout, ChargeRule, GatewayTerms, HeaderName, KeyPlacement,
    KeyPrefix, Method, Methods, PathPrefix, Paths, QueryName, RatePeriod, TermsVersion,
    VersionedTerms,
};
use udam_domain::id::ListingId;
use udam_domain::time::Timestamp;
use udam_domain::units::Units;

use crate::columns::{Cause, Columns, Stored, stored_as_text, unreadable};
use crate::error::Unreadable;
use crate::transaction::{Parameters, Transaction, TxResult};

stored_as_text!(
    BasicUser, ChargeRule, HeaderName, KeyPrefix, QueryName, RatePeriod
);

impl Stored for TermsVersion {
    type Column = i32;

    fn load(column: i32) -> Result<Self, Cause> {
        let version = u32::try_from(column)?;
        Self::new(version).ok_or_else(|| "versions are counted from one".into())
    }
}

/// The number of a version, as it is stored.
pub(crate) fn stored_version(version: TermsVersion) -> i32 {
    i32::try_from(version.get()).unwrap_or(i32::MAX)
}

/// The columns that [`terms`] reads, each after this prefix.
macro_rules! terms_columns {
    ($prefix:literal) => {
        concat!(
            $prefix,
            "key_place, ",
            $prefix,
            "key_name, ",
            $prefix,
            "key_prefix, ",
            $prefix,
            "methods, ",
            $prefix,
            "paths, ",
            $prefix,
            "units_per_call, ",
            $prefix,
            "max_units_per_call, ",
            $prefix,
            "charge, ",
            $prefix,
            "timeout_seconds, ",
            $prefix,
            "rate_calls, ",
            $prefix,
            "rate_period"
        )
    };
}
pub(crate) use terms_columns;

/// The current terms of each listing `l`, if it has any, looked up row by row.
macro_rules! terms_join {
    () => {
        "
LEFT JOIN LATERAL (
    SELECT * FROM gateway_terms g WHERE g.listing_id = l.id AND g.version = l.terms_version OFFSET 0
) AS terms ON true
"
    };
}
pub(crate) use terms_join;

/// Reads [`terms_columns`].
pub(crate) fn terms(row: &Row) -> Result<GatewayTerms, Unreadable> {
    let per_call = row.read("units_per_call")?;
    let cost = CallCost::new(per_call, row.read("max_units_per_call")?);
    Ok(GatewayTerms {
        auth: key_placement(row)?,
        methods: methods(row)?,
        paths: paths(row)?,
        cost: cost.map_err(|error| unreadable("max_units_per_call", error.into()))?,
        charge: row.read("charge")?,
        timeout: timeout(row)?,
        rate: rate(row)?,
    })
}

/// Reads [`terms_columns`] of a row whose `terms_version` is null if it has no terms.
pub(crate) fn optional_terms(row: &Row) -> Result<Option<GatewayTerms>, Unreadable> {
    let version: Option<TermsVersion> = row.read("terms_version")?;
    version.map(|_| terms(row)).transpose()
}

fn key_placement(row: &Row) -> Result<KeyPlacement, Unreadable> {
    let place: String = row.read("key_place")?;
    match place.as_str() {
        "header" => Ok(KeyPlacement::Header {
            name: row.read("key_name")?,
            prefix: row.read("key_prefix")?,
        }),
        "query" => Ok(KeyPlacement::Query(row.read("key_name")?)),
        "basic" => Ok(KeyPlacement::Basic(row.read("key_name")?)),
        _ => Err(unreadable("key_place", "it is no place of a key".into())),
    }
}

fn methods(row: &Row) -> Result<Methods, Unreadable> {
    let names: Vec<String> = row.read("methods")?;
    let invalid = |error: Cause| unreadable("methods", error);
    let parsed = names.iter().map(|name| name.parse::<Method>());
    let parsed = parsed.collect::<Result<Vec<_>, _>>();
    let parsed = parsed.map_err(|error| invalid(error.into()))?;
    Methods::new(parsed).map_err(|error| invalid(error.into()))
}

fn paths(row: &Row) -> Result<Paths, Unreadable> {
    let texts: Vec<String> = row.read("paths")?;
    let invalid = |error: Cause| unreadable("paths", error);
    let parsed = texts.iter().map(|text| text.parse::<PathPrefix>());
    let parsed = parsed.collect::<Result<Vec<_>, _>>();
    let parsed = parsed.map_err(|error| invalid(error.into()))?;
    Paths::new(parsed).map_err(|error| invalid(error.into()))
}

fn timeout(row: &Row) -> Result<CallTimeout, Unreadable> {
    let seconds: i32 = row.read("timeout_seconds")?;
    let timeout = CallTimeout::new(seconds.into());
    timeout.ok_or_else(|| unreadable("timeout_seconds", "it is out of range".into()))
}

fn rate(row: &Row) -> Result<Option<CallRate>, Unreadable> {
    let calls: Option<i64> = row.read("rate_calls")?;
    let Some(calls) = calls else {
        return Ok(None);
    };
    let rate = CallRate::new(calls, row.read("rate_period")?);
    rate.map(Some)
        .map_err(|error| unreadable("rate_calls", error.into()))
}

/// Inserts a version of the terms of a listing, whose lock the transaction holds.
pub(crate) async fn insert(
    tx: &Transaction<'_>,
    listing: ListingId,
    new: &VersionedTerms,
    at: Timestamp,
) -> Result<(), tokio_postgres::Error> {
    const INSERT: &str = concat!(
        "\
-- gateway::terms::insert
INSERT INTO gateway_terms (listing_id, version, created_at, ",
        terms_columns!(""),
        ")
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    );

    let terms = &new.terms;
    let (place, name, prefix) = match &terms.auth {
        KeyPlacement::Header { name, prefix } => {
            ("header", Some(name.as_str()), Some(prefix.as_str()))
        }
        KeyPlacement::Query(name) => ("query", Some(name.as_str()), None),
        KeyPlacement::Basic(user) => ("basic", user.as_ref().map(BasicUser::as_str), None),
    };
    let methods: Vec<&str> = terms.methods.iter().map(Into::into).collect();
    let paths = terms.paths.prefixes();
    let paths: Vec<&str> = paths.iter().map(PathPrefix::as_str).collect();
    let count = |units: Units| i64::from(units.get());
    let values: Parameters<'_> = &[
        &listing.uuid(),
        &stored_version(new.version),
        &at,
        &place,
        &name,
        &prefix,
        &methods,
        &paths,
        &count(terms.cost.per_call()),
        &terms.cost.declared_up_to().map(count),
        &<&str>::from(terms.charge),
        &i32::from(terms.timeout.seconds()),
        &terms
            .rate
            .map(|rate| i64::from(NonZeroU32::get(rate.calls()))),
        &terms.rate.map(|rate| <&str>::from(rate.per())),
    ];
    tx.run(INSERT, values).await.map(drop)
}

/// Reads one version of the terms of a listing.
pub(crate) async fn read<E: From<StoreError>>(
    tx: &Transaction<'_>,
    listing: ListingId,
    version: TermsVersion,
) -> TxResult<GatewayTerms, E> {
    const READ: &str = concat!(
        "-- gateway::terms::read\nSELECT ",
        terms_columns!(""),
        " FROM gateway_terms WHERE listing_id = $1 AND version = $2"
    );

    let version = stored_version(version);
    let row = tx.one(READ, &[&listing.uuid(), &version]).await?;
    Ok(terms(&row)?)
}

/// Returns the last version of the terms of a listing; `None` if it never had any.
pub(crate) async fn last_version<E: From<StoreError>>(
    tx: &Transaction<'_>,
    listing: ListingId,
) -> TxResult<Option<TermsVersion>, E> {
    const LAST: &str = "\
-- gateway::terms::last_version
SELECT max(version) AS last FROM gateway_terms WHERE listing_id = $1";

    let row = tx.one(LAST, &[&listing.uuid()]).await?;
    Ok(row.read("last")?)
}
