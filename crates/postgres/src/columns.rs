use std::error::Error;
use std::net::IpAddr;

use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use udam_domain::account::{AccountName, Device, Email, PasswordHash, SessionDigest};
use udam_domain::id::{AccountId, ChargeId, ListingId, OrderId, RefundId, SessionId, TokenId};
use udam_domain::listing::{
    Description, EndpointUrl, KeyId, ListingState, Price, ServiceName, UnitDescription,
};
use udam_domain::money::{Currency, Money};
use udam_domain::order::{IdempotencyKey, OrderState};
use udam_domain::payment::{ChargeState, PaymentRoute, ProviderReference};
use udam_domain::time::{Date, Timestamp};
use udam_domain::token::TokenState;
use udam_domain::units::{Stock, Units};
use uuid::Uuid;

use crate::error::Unreadable;

type Cause = Box<dyn Error + Send + Sync>;

/// A type that a column keeps. What was stored is parsed like what comes in: a value that the rules
/// would refuse is an error, never a guess.
pub(crate) trait Stored: Sized {
    /// What the column itself holds.
    type Column: for<'a> FromSql<'a>;

    /// The value that the column stands for.
    fn load(column: Self::Column) -> Result<Self, Cause>;
}

/// Reading domain types from a row.
pub(crate) trait Columns {
    /// What a column holds.
    fn read<T: Stored>(&self, column: &str) -> Result<T, Unreadable>;

    /// The amount in the column of minor units `minor`, in the row's `currency`.
    fn read_money(&self, minor: &str) -> Result<Money, Unreadable> {
        Ok(Money::new(self.read(minor)?, self.read("currency")?))
    }

    /// The price in the column of minor units `minor`, in the row's `currency`.
    fn read_price(&self, minor: &str) -> Result<Price, Unreadable> {
        Price::new(self.read_money(minor)?).map_err(|error| unreadable(minor, error.into()))
    }
}

impl Columns for Row {
    fn read<T: Stored>(&self, column: &str) -> Result<T, Unreadable> {
        self.try_get(column)
            .map_err(Cause::from)
            .and_then(T::load)
            .map_err(|source| unreadable(column, source))
    }
}

fn unreadable(column: &str, source: Cause) -> Unreadable {
    Unreadable {
        column: column.to_owned(),
        source,
    }
}

impl<T: Stored> Stored for Option<T> {
    type Column = Option<T::Column>;

    fn load(column: Self::Column) -> Result<Self, Cause> {
        column.map(T::load).transpose()
    }
}

impl Stored for PasswordHash {
    type Column = String;

    fn load(column: String) -> Result<Self, Cause> {
        Ok(Self::from_phc(column))
    }
}

impl Stored for u64 {
    type Column = i64;

    fn load(column: i64) -> Result<Self, Cause> {
        Ok(column.try_into()?)
    }
}

macro_rules! kept_as_they_are {
    ($($type:ty),*) => {$(
        impl Stored for $type {
            type Column = Self;

            fn load(column: Self) -> Result<Self, Cause> {
                Ok(column)
            }
        }
    )*};
}

macro_rules! kept_as_uuid {
    ($($type:ty),*) => {$(
        impl Stored for $type {
            type Column = Uuid;

            fn load(column: Uuid) -> Result<Self, Cause> {
                Ok(Self::from_uuid(column))
            }
        }
    )*};
}

macro_rules! kept_as_text {
    ($($type:ty),*) => {$(
        impl Stored for $type {
            type Column = String;

            fn load(column: String) -> Result<Self, Cause> {
                Ok(column.parse()?)
            }
        }
    )*};
}

macro_rules! kept_as_count {
    ($($type:ty),*) => {$(
        impl Stored for $type {
            type Column = i64;

            fn load(column: i64) -> Result<Self, Cause> {
                Ok(Self::new(column)?)
            }
        }
    )*};
}

macro_rules! kept_as_name {
    ($($type:ty),*) => {$(
        impl Stored for $type {
            type Column = String;

            fn load(column: String) -> Result<Self, Cause> {
                Self::named(&column).ok_or_else(|| format!("nothing is named `{column}`").into())
            }
        }
    )*};
}

impl Stored for SessionDigest {
    type Column = Vec<u8>;

    fn load(column: Vec<u8>) -> Result<Self, Cause> {
        let bytes = column
            .try_into()
            .map_err(|_other: Vec<u8>| "a digest has 32 bytes")?;
        Ok(Self::new(bytes))
    }
}

kept_as_they_are!(bool, i32, i64, f32, String, Vec<u8>, IpAddr);
kept_as_they_are!(Date, Timestamp);
kept_as_uuid!(AccountId, ListingId, OrderId, SessionId, TokenId);
kept_as_text!(
    AccountName,
    Currency,
    Description,
    Device,
    Email,
    EndpointUrl,
    KeyId
);
kept_as_text!(IdempotencyKey, ServiceName, UnitDescription);
kept_as_text!(ChargeState, PaymentRoute);
kept_as_name!(ListingState, OrderState, TokenState);
kept_as_uuid!(ChargeId, RefundId);

impl Stored for ProviderReference {
    type Column = String;

    fn load(column: String) -> Result<Self, Cause> {
        Ok(Self::new(column))
    }
}
kept_as_count!(Stock, Units);
