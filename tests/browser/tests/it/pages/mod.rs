//! Every page of the marketplace, looked at as a whole.
//!
//! `furnished` is a marketplace with something of every kind in it, `list` has its pages, and `tour`
//! looks at each once and leaves a picture of it in `target/storefront-screenshots`; `everybody` says
//! what must hold of all of them. `fair` is a marketplace in which nothing happens, for what counts:
//! `machines` and `weight`. `hostile` types what nobody should, and `headers` and `limits` look at what
//! comes around a page, or instead of one.

mod everybody;
mod fair;
mod furnished;
mod guest;
mod headers;
mod hostile;
mod http;
mod limits;
mod list;
mod machines;
mod tour;
mod weight;
