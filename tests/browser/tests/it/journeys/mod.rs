//! What people come for, from the first page to the last. Each journey opens accounts and listings of
//! its own, ends with a look at the console, and has its steps from `steps`.

mod account;
mod forged;
mod keyboard;
mod newcomer;
mod race;
mod scriptless;
mod stale;
mod steps;
mod unpaid;
mod ways_in;
