//! For tests of services that use this crate: a marketplace over mocked ports, a clock and a source of
//! bytes that tests control, and accounts to act with. The mock of a port `X` is `MockX`, at the root.

mod accounts;
mod clock;
mod entropy;
mod ports;

pub use accounts::{account, account_id, signed_in};
pub use clock::FixedClock;
pub use entropy::{CountingEntropy, FixedEntropy};
pub use ports::{MockPorts, MockProvider};
