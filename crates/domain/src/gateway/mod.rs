//! The gateway: services that are sold call by call, without their keys being handed out.
//!
//! A listing that is sold through the gateway has [`GatewayTerms`]. A buyer's access key stands for the seller's.
//! Each call takes units of the token before the service is asked, by [`draw()`]; what it costs in the end is decided by
//! [`charge()`] from the way it ended. In between it is open. Units that were bought are left, open or charged, and
//! never more than one of these: [`Balance`] keeps what is left, and [`TokenUnits`] tells the three.

mod access_key;
mod balance;
mod batch;
mod call;
mod charge;
mod cost;
mod draw;
mod key_placement;
mod method;
mod outcome;
mod path;
mod rate;
mod receipt_key;
mod snapshot;
mod state;
mod terms;
mod usage;

pub use access_key::{
    AccessKey, AccessKeyDigest, AccessKeyInfo, AccessKeyName, DeleteAccessKey, FirstAccessKey,
    IssueAccessKey, NewAccessKey,
};
pub use balance::{Balance, BalanceError, TokenUnits, TokenUnitsError};
pub use batch::{CallBatch, Changed};
pub use call::{Call, EndedCall, Finished, OpenCall};
pub use charge::{ChargeRule, charge};
pub use cost::{CallCost, CallCostError};
pub use draw::{DrawCall, DrawRefused, Drawn, draw};
pub use key_placement::{BasicUser, HeaderName, KeyPlace, KeyPlacement, KeyPrefix, QueryName};
pub use method::{Method, Methods, MethodsError};
pub use outcome::{CallOutcome, Head};
pub use path::{CallPath, PathPrefix, Paths, PathsError};
pub use rate::{CallRate, CallRateError, RateLimit, RatePeriod};
pub use receipt_key::ReceiptKey;
pub use snapshot::{KeySnapshot, TokenSnapshot};
pub use state::{CallEvent, CallState, CallTransition, Settlement, call_transition};
pub use terms::{CallTimeout, GatewayTerms, TermsVersion, VersionedTerms};
pub use usage::{CallQuality, Granularity, UsageBucket, UsageQuery};
