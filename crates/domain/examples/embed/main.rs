//! A whole service over the domain crate: no server, no database, no runtime of anyone's choosing.
//!
//! `memory` keeps everything in memory: it implements the storage ports. `service` is the service over any
//! stores, with a payment provider of its own, and tells a story: units are sold, paid, refunded and disputed,
//! webhooks are lost, sweeps run. The rules come with the crate.
//!
//! ```text
//! cargo run -p udam-domain --example embed
//! ```
//!
//! The suite of the feature `conformance` holds the stores to the docs of the ports; its struct of ports,
//! `Stores`, is what the service is given.
#![expect(clippy::print_stdout, reason = "the example tells its story")]

mod memory;
mod service;

use futures::executor::block_on;

use memory::MemoryStore;
use service::{Told, policy, tell};

fn main() -> Told {
    let stores = MemoryStore::stores(policy()?);
    for line in block_on(tell(stores))? {
        println!("{line}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use udam_domain::conformance::{self, StoreFactory, Stores};
    use udam_domain::policy::OrderPolicy;

    use super::*;

    struct MemoryStores;

    #[async_trait]
    impl StoreFactory for MemoryStores {
        async fn fresh(&self, policy: OrderPolicy) -> Stores {
            MemoryStore::stores(policy)
        }
    }

    #[test]
    fn the_story_is_true() {
        main().unwrap();
    }

    #[test]
    fn the_stores_conform() {
        let report = block_on(conformance::run(&MemoryStores));
        assert!(report.failures.is_empty(), "{report}");
    }
}
