use udam_domain::AlertNumber;
use udam_domain::administration::{StoryPosition, StorySource};
use udam_domain::id::{CallId, ChargeId, ListingId, OrderId, SessionId, TokenId};
use udam_domain::listing::{CataloguePosition, Sort};
use udam_domain::payment::EventNumber;
use udam_domain::time::Timestamp;
use uuid::Uuid;

/// A position that can be written as a cursor.
pub trait Position: Sized {
    /// Sort orders of the list; `()` where there is one.
    type Order: Copy;

    /// Two letters: the kind of list and its order.
    fn list(order: Self::Order) -> [u8; 2];

    /// Length of a position, in bytes.
    fn length(order: Self::Order) -> usize;

    /// Encodes the position.
    fn bytes(&self) -> Vec<u8>;

    /// The position that these bytes encode, of which there are [`Position::length`].
    /// `None` if they encode none.
    fn from_bytes(bytes: &[u8], order: Self::Order) -> Option<Self>;
}

macro_rules! position_by_id {
    ($($id:ident, $kind:literal;)*) => {$(
        /// Newest first: there is no other order.
        impl Position for $id {
            type Order = ();

            fn list(_newest: ()) -> [u8; 2] {
                [$kind, b'n']
            }

            fn length(_newest: ()) -> usize {
                size_of::<u128>()
            }

            fn bytes(&self) -> Vec<u8> {
                self.uuid().into_bytes().to_vec()
            }

            fn from_bytes(bytes: &[u8], _newest: ()) -> Option<Self> {
                Uuid::from_slice(bytes).ok().map(Self::from_uuid)
            }
        }
    )*};
}

position_by_id! {
    CallId, b'k';
    ChargeId, b'h';
    ListingId, b'l';
    OrderId, b'o';
    SessionId, b's';
    TokenId, b't';
}

/// Records of the audit trail, newest first.
impl Position for i64 {
    type Order = ();

    fn list(_newest: ()) -> [u8; 2] {
        [b'a', b'n']
    }

    fn length(_newest: ()) -> usize {
        size_of::<Self>()
    }

    fn bytes(&self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }

    fn from_bytes(bytes: &[u8], _newest: ()) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_be_bytes)
    }
}

macro_rules! position_by_number {
    ($($number:ident, $kind:literal;)*) => {$(
        /// Highest numbers first: there is no other order.
        impl Position for $number {
            type Order = ();

            fn list(_newest: ()) -> [u8; 2] {
                [$kind, b'n']
            }

            fn length(_newest: ()) -> usize {
                size_of::<i64>()
            }

            fn bytes(&self) -> Vec<u8> {
                self.0.to_be_bytes().to_vec()
            }

            fn from_bytes(bytes: &[u8], _newest: ()) -> Option<Self> {
                bytes.try_into().ok().map(i64::from_be_bytes).map(Self)
            }
        }
    )*};
}

position_by_number! {
    AlertNumber, b'w';
    EventNumber, b'e';
}

/// Entries of a story, newest first.
impl Position for StoryPosition {
    type Order = ();

    fn list(_newest: ()) -> [u8; 2] {
        [b'y', b'n']
    }

    fn length(_newest: ()) -> usize {
        size_of::<i64>()
            .saturating_add(size_of::<u8>())
            .saturating_add(size_of::<u128>())
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.at.as_microsecond().to_be_bytes().to_vec();
        bytes.push(self.source.number());
        bytes.extend(self.key.into_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8], _newest: ()) -> Option<Self> {
        let (at, rest) = bytes.split_first_chunk()?;
        let (source, key) = rest.split_first()?;
        let at = Timestamp::from_microsecond(i64::from_be_bytes(*at)).ok()?;
        Some(Self {
            at: Some(at).filter(|at| *at >= Timestamp::UNIX_EPOCH)?,
            source: StorySource::of_number(*source)?,
            key: Uuid::from_slice(key).ok()?,
        })
    }
}

/// Every order of the catalogue.
pub(super) const SORTS: [Sort; 4] = [
    Sort::Newest,
    Sort::Price,
    Sort::PriceDescending,
    Sort::Relevance,
];

impl Position for CataloguePosition {
    type Order = Sort;

    fn list(sort: Sort) -> [u8; 2] {
        let sort = match sort {
            Sort::Newest => b'n',
            Sort::Price => b'p',
            Sort::PriceDescending => b'd',
            Sort::Relevance => b'r',
        };
        [b'c', sort]
    }

    fn length(sort: Sort) -> usize {
        let key = match sort {
            Sort::Newest => 0,
            Sort::Price | Sort::PriceDescending => size_of::<i64>(),
            Sort::Relevance => size_of::<f32>(),
        };
        ListingId::length(()).saturating_add(key)
    }

    fn bytes(&self) -> Vec<u8> {
        let (mut bytes, id) = match self {
            Self::Newest(id) => (Vec::new(), id),
            Self::Price(minor, id) => (minor.to_be_bytes().to_vec(), id),
            Self::Relevance(rank, id) => (rank.to_be_bytes().to_vec(), id),
        };
        bytes.extend(Position::bytes(id));
        bytes
    }

    fn from_bytes(bytes: &[u8], sort: Sort) -> Option<Self> {
        match sort {
            Sort::Newest => ListingId::from_bytes(bytes, ()).map(Self::Newest),
            Sort::Price | Sort::PriceDescending => {
                let (minor, id) = bytes.split_first_chunk()?;
                Some(Self::Price(
                    i64::from_be_bytes(*minor),
                    ListingId::from_bytes(id, ())?,
                ))
            }
            Sort::Relevance => {
                let (rank, id) = bytes.split_first_chunk()?;
                let rank = f32::from_be_bytes(*rank);
                let id = ListingId::from_bytes(id, ())?;
                rank.is_finite().then_some(Self::Relevance(rank, id))
            }
        }
    }
}
