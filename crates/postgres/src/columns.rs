use std::error::Error;
use std::net::IpAddr;

use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use udam_domain::account::{AccountName, Device, Email, PasswordHash, SessionDigest};
use udam_domain::gateway::AccessKeyDigest;
use udam_domain::id::{
    AccessKeyId, AccountId, AccountKeyId, CallId, ChargeId, ListingId, MailId, OrderId, RefundId,
    SecondFactorId, SessionId, TokenId,
};
use udam_domain::listing::{KeyId, ListingState, Price};
use udam_domain::money::{Currency, Money};
use udam_domain::order::{IdempotencyKey, OrderState};
use udam_domain::payment::{ChargeState, DisputeState, PaymentRoute, ProviderReference};
use udam_domain::time::{Date, Timestamp};
use udam_domain::token::TokenState;
use udam_domain::units::{Stock, Units};
use uuid::Uuid;

use crate::error::Unreadable;

pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// A type that is stored in a column. Values read are parsed like those of requests: one that its type rejects
/// is an error.
pub(crate) trait Stored: Sized {
    /// The type of the column.
    type Column: for<'a> FromSql<'a>;

    /// Converts the value of the column.
    fn load(column: Self::Column) -> Result<Self, Cause>;
}

/// Reads domain types from a row.
pub(crate) trait Columns {
    /// Reads the column with this name.
    fn read<T: Stored>(&self, column: &str) -> Result<T, Unreadable>;

    /// Reads an amount from the column `minor`, in minor units of the row's `currency`.
    fn read_money(&self, minor: &str) -> Result<Money, Unreadable> {
        Ok(Money::new(self.read(minor)?, self.read("currency")?))
    }

    /// Reads a price from the column `minor`, in minor units of the row's `currency`.
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

pub(crate) fn unreadable(column: &str, source: Cause) -> Unreadable {
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

impl Stored for u32 {
    type Column = i32;

    fn load(column: i32) -> Result<Self, Cause> {
        Ok(column.try_into()?)
    }
}

macro_rules! stored_as_is {
    ($($type:ty),*) => {$(
        impl Stored for $type {
            type Column = Self;

            fn load(column: Self) -> Result<Self, Cause> {
                Ok(column)
            }
        }
    )*};
}

macro_rules! stored_as_uuid {
    ($($type:ty),*) => {$(
        impl Stored for $type {
            type Column = Uuid;

            fn load(column: Uuid) -> Result<Self, Cause> {
                Ok(Self::from_uuid(column))
            }
        }
    )*};
}

/// Implements [`Stored`] for types whose text forms are stored. Invoked here for types that several modules
/// read, and otherwise beside the rows that hold them.
macro_rules! stored_as_text {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::columns::Stored for $type {
            type Column = String;

            fn load(column: String) -> Result<Self, $crate::columns::Cause> {
                Ok(column.parse()?)
            }
        }
    )*};
}
pub(crate) use stored_as_text;

macro_rules! stored_as_count {
    ($($type:ty),*) => {$(
        impl Stored for $type {
            type Column = i64;

            fn load(column: i64) -> Result<Self, Cause> {
                Ok(Self::new(column)?)
            }
        }
    )*};
}

macro_rules! stored_as_digest {
    ($($type:ty),*) => {$(
        impl Stored for $type {
            type Column = Vec<u8>;

            fn load(column: Vec<u8>) -> Result<Self, Cause> {
                let bytes = column
                    .try_into()
                    .map_err(|_other: Vec<u8>| "a digest has 32 bytes")?;
                Ok(Self::new(bytes))
            }
        }
    )*};
}

stored_as_digest!(AccessKeyDigest, SessionDigest);

stored_as_is!(bool, i16, i32, i64, f32, String, Vec<u8>, IpAddr);
stored_as_is!(Date, Timestamp, Uuid, Vec<String>, Vec<Timestamp>);
stored_as_uuid!(
    AccessKeyId,
    AccountId,
    AccountKeyId,
    CallId,
    ListingId,
    MailId,
    OrderId,
    SecondFactorId,
    SessionId,
    TokenId
);
stored_as_text!(AccountName, Currency, Device, Email, IdempotencyKey, KeyId);
stored_as_text!(
    ChargeState,
    DisputeState,
    ListingState,
    OrderState,
    PaymentRoute,
    TokenState,
);
stored_as_uuid!(ChargeId, RefundId);

impl Stored for ProviderReference {
    type Column = String;

    fn load(column: String) -> Result<Self, Cause> {
        Ok(Self::new(column))
    }
}
stored_as_count!(Stock, Units);
