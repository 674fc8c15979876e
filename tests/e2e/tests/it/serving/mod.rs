//! Starting and stopping `udam serve`, when all is well and when it is not.

mod settings;
mod starting;
mod stopping;
