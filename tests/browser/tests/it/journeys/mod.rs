//! Whole workflows, from the first page to the last. Each uses accounts and listings of its own, and ends with
//! an assertion that the console is clean. `steps` has what they share.

mod account;
mod buy_and_sell;
mod csrf;
mod keyboard;
mod log_in;
mod mail;
mod operators;
mod race;
mod second_factor;
mod stale_forms;
mod steps;
mod unpaid_orders;
mod without_javascript;
