//! For tests of services that use this crate: a marketplace over mocked ports, a clock and a source of
//! bytes that tests control, accounts to act with, listings, and codes of audit links. The mock of a port `X` is `MockX`, at the root.

mod accounts;
mod attempts;
mod audit;
mod clock;
mod common_passwords;
mod entropy;
mod gateway;
mod listings;
mod ports;
mod second_factors;

pub use accounts::{account, account_id, signed_in};
pub use attempts::UnlimitedAttempts;
pub use audit::HashingAuthenticator;
pub use clock::FixedClock;
pub use common_passwords::FixedCommonPasswords;
pub use entropy::{CountingEntropy, FixedEntropy};
pub use gateway::MockGateway;
pub use listings::{listing, listing_details, listing_id};
pub use ports::{MockPorts, MockProvider};
pub use second_factors::MockSecondFactors;
