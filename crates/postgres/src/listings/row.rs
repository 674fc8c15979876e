//! The row of a listing: its columns, and how they are read and written.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use udam_domain::gateway::{GatewayTerms, TermsVersion};
use udam_domain::id::ListingId;
use udam_domain::listing::{
    Description, EndpointUrl, Listing, ListingDetails, ListingState, NewListing, OwnListing,
    SealedKey, Seller, ServiceChanges, ServiceName, UnitDescription,
};

use crate::columns::{Columns, stored_as_text};
use crate::error::Unreadable;
use crate::gateway::terms::{optional_terms, stored_version};
use crate::transaction::Transaction;

stored_as_text!(Description, EndpointUrl, ServiceName, UnitDescription);

/// The columns of [`ListingDetails`], each after this prefix, in the order of [`detail_values`]. A macro, as it
/// expands to a literal: statements stay constants.
macro_rules! detail_columns {
    ($prefix:literal) => {
        concat!(
            $prefix,
            "service_name, ",
            $prefix,
            "description, ",
            $prefix,
            "endpoint_url, ",
            $prefix,
            "price_minor, ",
            $prefix,
            "currency, ",
            $prefix,
            "unit_description, ",
            $prefix,
            "pay_first, ",
            $prefix,
            "max_units_per_order, ",
            $prefix,
            "terms_version"
        )
    };
}
pub(super) use detail_columns;

/// The values of [`detail_columns`]; `terms` is the version of the gateway terms of the details.
fn detail_values(
    details: &ListingDetails,
    terms: Option<TermsVersion>,
) -> Vec<Box<dyn ToSql + Sync + Send + '_>> {
    let price = details.price_per_unit.amount();
    let max_units_per_order = details.max_units_per_order;
    vec![
        Box::new(details.service_name.as_str()),
        Box::new(details.description.as_ref().map(Description::as_str)),
        Box::new(details.endpoint_url.as_ref().map(EndpointUrl::as_str)),
        Box::new(price.minor()),
        Box::new(price.currency().code()),
        Box::new(details.unit_description.as_str()),
        Box::new(details.pay_first),
        Box::new(max_units_per_order.map(|most| i64::from(most.get()))),
        Box::new(terms.map(stored_version)),
    ]
}

/// Inserts the row of a new listing, with this version of its gateway terms.
pub(super) async fn insert(
    tx: &Transaction<'_>,
    new: &NewListing,
    terms: Option<TermsVersion>,
) -> Result<(), tokio_postgres::Error> {
    const INSERT: &str = concat!(
        "\
-- listings::row::insert
INSERT INTO listings (id, seller_id, state, sealed_key, master_key_id, created_at, ",
        detail_columns!(""),
        ")
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    );

    let (id, seller_id) = (new.id.uuid(), new.seller.account_id.uuid());
    let state: &str = NewListing::STATE.into();
    let key_id = new.sealed_key.key_id.as_str();
    let details = detail_values(&new.details, terms);
    let mut values: Vec<&(dyn ToSql + Sync)> = vec![
        &id,
        &seller_id,
        &state,
        &new.sealed_key.ciphertext,
        &key_id,
        &new.listed_at,
    ];
    for value in &details {
        values.push(value.as_ref());
    }
    tx.run(INSERT, &values).await.map(drop)
}

/// What an edit of a listing can change, apart from its key.
pub(super) struct EditableRow {
    pub(super) details: ListingDetails,
    /// Version of the gateway terms of the details.
    pub(super) terms: Option<TermsVersion>,
    pub(super) state: ListingState,
    pub(super) changes: ServiceChanges,
}

/// Replaces what an edit can change of a listing, and its key if there is a new one.
pub(super) async fn update(
    tx: &Transaction<'_>,
    id: ListingId,
    after: &EditableRow,
    key: Option<&SealedKey>,
) -> Result<(), tokio_postgres::Error> {
    const UPDATE: &str = concat!(
        "\
-- listings::row::update
UPDATE listings SET
    state = $2, sealed_key = coalesce($3, sealed_key), master_key_id = coalesce($4, master_key_id),
    endpoint_changed_at = $5, key_changed_at = $6,
    (",
        detail_columns!(""),
        ") = ROW ($7, $8, $9, $10, $11, $12, $13, $14, $15)
WHERE id = $1"
    );

    let id = id.uuid();
    let state: &str = after.state.into();
    let ciphertext = key.map(|key| &key.ciphertext);
    let key_id = key.map(|key| key.key_id.as_str());
    let ServiceChanges {
        endpoint_at,
        key_at,
    } = after.changes;
    let details = detail_values(&after.details, after.terms);
    let mut values: Vec<&(dyn ToSql + Sync)> =
        vec![&id, &state, &ciphertext, &key_id, &endpoint_at, &key_at];
    for value in &details {
        values.push(value.as_ref());
    }
    tx.run(UPDATE, &values).await.map(drop)
}

/// Reads what an edit can change; `gateway` are its terms.
pub(super) fn editable(
    row: &Row,
    gateway: Option<GatewayTerms>,
) -> Result<EditableRow, Unreadable> {
    Ok(EditableRow {
        details: details(row, gateway)?,
        terms: row.read("terms_version")?,
        state: row.read("state")?,
        changes: service_changes(row)?,
    })
}

/// Reads the sealed key of a listing.
pub(crate) fn sealed_key(row: &Row) -> Result<SealedKey, Unreadable> {
    Ok(SealedKey {
        key_id: row.read("master_key_id")?,
        ciphertext: row.read("sealed_key")?,
    })
}

/// Reads when a seller last changed what buyers reveal.
pub(crate) fn service_changes(row: &Row) -> Result<ServiceChanges, Unreadable> {
    Ok(ServiceChanges {
        endpoint_at: row.read("endpoint_changed_at")?,
        key_at: row.read("key_changed_at")?,
    })
}

/// Reads [`detail_columns`]; `gateway` are the terms of their version.
fn details(row: &Row, gateway: Option<GatewayTerms>) -> Result<ListingDetails, Unreadable> {
    Ok(ListingDetails {
        service_name: row.read("service_name")?,
        description: row.read("description")?,
        endpoint_url: row.read("endpoint_url")?,
        price_per_unit: row.read_price("price_minor")?,
        unit_description: row.read("unit_description")?,
        pay_first: row.read("pay_first")?,
        max_units_per_order: row.read("max_units_per_order")?,
        gateway,
    })
}

/// Reads a row of [`listing_columns`](super::sql::listing_columns).
pub(super) fn listing(row: &Row) -> Result<Listing, Unreadable> {
    Ok(Listing {
        id: row.read("id")?,
        seller: Seller {
            id: row.read("seller_id")?,
            name: row.read("seller_name")?,
        },
        details: details(row, optional_terms(row)?)?,
        available: row.read("available")?,
        state: row.read("state")?,
        is_suspended: row.read("is_suspended")?,
        created_at: row.read("created_at")?,
    })
}

/// As [`listing`], with the columns that only the seller sees.
pub(super) fn own_listing(row: &Row) -> Result<OwnListing, Unreadable> {
    Ok(OwnListing {
        listing: listing(row)?,
        units_sold: row.read("sold")?,
        revenue: row.read_money("revenue_minor")?,
    })
}
