//! The marketplace from outside: what it takes to run the real program against a real database, and
//! to speak to it over real HTTP.
//!
//! [`Binary`] is the program; [`Process`] one that runs; [`Server`] one that serves,
//! [`Development`] one that is all there is on its machine. [`Database`] is a PostgreSQL database
//! of a test's own, [`Sandbox`] a stand-in for Stripe. [`Market`] puts them together, and hands out
//! [`Client`]s, whose calls come back as [`Answer`]s: the status, the headers and the JSON, whatever
//! they are. [`webhook`] signs as Stripe does, [`raw`] says what no proper client would, and
//! [`disguises`] lists the forms a secret could leak in.
//!
//! What may not live here: an expectation. Only the tests say what an answer should be; here a call
//! fails only when there is no answer at all, or when what a test takes for granted does not come
//! about.

mod answer;
mod binary;
mod client;
mod database;
mod development;
mod disguise;
mod market;
mod names;
mod patience;
mod process;
pub mod raw;
pub mod sandbox;
mod server;
mod surroundings;
pub mod webhook;

pub use answer::{Answer, Problems};
pub use binary::{Binary, Finished};
pub use client::Client;
pub use database::Database;
pub use development::{Development, paste};
pub use disguise::disguises;
pub use market::{Market, Opening};
pub use names::{PASSWORD, fresh_email, weather};
pub use patience::eventually;
pub use process::Process;
pub use sandbox::{Sandbox, SandboxState, session_of};
pub use server::{Server, master_keys};
pub use surroundings::asked_for;
