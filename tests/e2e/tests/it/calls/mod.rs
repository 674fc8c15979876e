//! Every call of the API as it should go, and what its answer looks like field by field.

mod accounts;
mod listings;
mod operations;
mod orders;
mod tokens;
