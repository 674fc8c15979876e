//! Servers that are killed or shut down.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;
use udam_testkit::SeededRng;

use super::InjectedFault;
use crate::catalogue::SERVERS;
use crate::cluster::Cluster;
use crate::proxy::ProxyFault;

/// Kills a server, and starts it again.
pub(super) async fn kill(cluster: &mut Cluster, rng: &mut SeededRng) -> Result<InjectedFault> {
    let (victim, pause) = (rng.below(SERVERS), rng.millis(0..300));
    let node = cluster.node(victim)?;
    node.kill().await?;
    sleep(pause).await;
    node.restart().await?;
    Ok(InjectedFault::new(format!("server {victim}")))
}

/// Shuts a server down while requests are in progress, and starts it again.
pub(super) async fn shut_down(cluster: &mut Cluster, rng: &mut SeededRng) -> Result<InjectedFault> {
    /// Orders are placed so fast that few would be in progress at a given moment.
    const SLOW: ProxyFault = ProxyFault::Delay(Duration::from_millis(40));
    let victim = rng.below(SERVERS);
    cluster
        .postgres
        .proxy
        .start_faults(rng.fork(), |_| Some(SLOW));
    sleep(rng.millis(150..400)).await;
    let node = cluster.node(victim)?;
    let asked = node.shut_down().await?;
    let took = asked.elapsed();
    node.restart().await?;
    let slowed = cluster.postgres.proxy.stop_faults();
    let detail = format!("server {victim}, in {:.1} s", took.as_secs_f64());
    Ok(InjectedFault {
        shut_down: Some((victim, asked)),
        ..InjectedFault::with_effect_on(slowed, detail)
    })
}
