//! Three servers and a durable PostgreSQL, which are killed.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Result;
use udam_testkit::{
    Binary, Client, DurableCluster, ErrorResponses, MarketBuilder, Relay, Server, Wait, wait_until,
};

pub(super) const SERVERS: usize = 3;

/// Pause before a call that has failed is tried again.
pub(super) const PAUSE: Duration = Duration::from_millis(20);

/// Longest time between two kills, for runs of many calls.
const LONGEST: Duration = Duration::from_mins(20);

/// A marketplace whose database stays at its address.
pub(super) struct Site {
    servers: Vec<Server>,
    postgres: DurableCluster,
    relay: Relay,
    environment: Vec<(String, String)>,
    progress: Arc<Progress>,
}

/// What callers and killer tell each other.
#[derive(Debug, Default)]
pub(super) struct Progress {
    addresses: Mutex<Vec<SocketAddr>>,
    answered: AtomicUsize,
}

impl Progress {
    /// Present address of a server.
    pub(super) fn address(&self, number: usize) -> SocketAddr {
        self.addresses.lock().unwrap()[number % SERVERS]
    }

    /// A call was answered by the service.
    pub(super) fn answered(&self) {
        self.answered.fetch_add(1, Ordering::Relaxed);
    }
}

impl Site {
    pub(super) async fn start(builder: MarketBuilder) -> Result<Self> {
        let postgres = DurableCluster::start(Path::new("/var/tmp"), &[]).await?;
        let port = postgres.cluster()?.port();
        let relay = Relay::to((Ipv4Addr::LOCALHOST, port).into()).await?;
        let direct = postgres.cluster()?.url().expose().to_owned();
        let through_relay = format!(":{}/", relay.address().port());
        let url = direct.replace(&format!(":{port}/"), &through_relay);
        let builder = builder
            .set("RUST_LOG", "warn,udam_server::serve=info")
            .set("UDAM_RECONCILE_INTERVAL", "1s");
        let environment = builder.environment_at(&url).await?;
        let mut servers = Vec::new();
        for _ in 0..SERVERS {
            servers.push(Server::start(environment.clone()).await?);
        }
        let addresses = servers.iter().map(Server::address).collect();
        Ok(Self {
            servers,
            postgres,
            relay,
            environment,
            progress: Arc::new(Progress {
                addresses: Mutex::new(addresses),
                ..Progress::default()
            }),
        })
    }

    pub(super) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// A client of the first server.
    pub(super) fn client(&self) -> Result<Client> {
        Client::new(self.progress.address(0), ErrorResponses::default())
    }

    /// Kills `kills` times, at equal parts of `total` calls. Returns what was killed, in words.
    pub(super) async fn kill_at_parts_of(&mut self, total: usize, kills: usize) -> Result<String> {
        let (mut servers, mut databases) = (0, 0);
        for kill in 0..kills {
            let enough = total * (kill + 1) / (kills + 1);
            let progress = self.progress();
            Wait::new("calls to be answered")
                .timeout(LONGEST)
                .until(async || Ok(progress.answered.load(Ordering::Relaxed) >= enough))
                .await?;
            let (server, database) = (kill % 3 != 1, kill % 3 != 0);
            if server {
                self.servers[kill % SERVERS].kill().await?;
                servers += 1;
            }
            if database {
                self.postgres.kill()?;
                self.postgres.restart().await?;
                let port = self.postgres.cluster()?.port();
                self.relay.lead_to((Ipv4Addr::LOCALHOST, port).into());
                databases += 1;
            }
            if server {
                let again = Server::start(self.environment.clone()).await?;
                self.progress.addresses.lock().unwrap()[kill % SERVERS] = again.address();
                self.servers[kill % SERVERS] = again;
            }
        }
        Ok(format!(
            "killed {servers} servers and PostgreSQL {databases} times"
        ))
    }

    /// Waits until the servers have recorded the ends of their calls, and has those given up that are still open: their
    /// servers were killed. Returns their number.
    pub(super) async fn give_up_lost(&self) -> Result<i64> {
        for server in &self.servers {
            let operator = self.client()?.at(server.admin_address());
            wait_until("the ends of all calls to be recorded", async || {
                let metrics = operator.get("/metrics").await?;
                let lines = metrics.text.lines();
                let mut open = lines.filter(|line| line.starts_with("udam_gateway_open_calls"));
                Ok(open.all(|line| line.ends_with(" 0")))
            })
            .await?;
        }
        let lost = self.count("SELECT count(*) FROM open_calls").await?;
        let past = "UPDATE open_calls SET deadline = deadline - interval '1 hour'";
        self.postgres.connect().await?.batch_execute(past).await?;
        wait_until("lost calls to be given up", async || {
            Ok(self.count("SELECT count(*) FROM open_calls").await? == 0)
        })
        .await?;
        Ok(lost)
    }

    /// Units that can be used, of all tokens.
    pub(super) async fn units_left(&self) -> Result<i64> {
        self.count("SELECT sum(left_units)::bigint FROM token_balances")
            .await
    }

    async fn count(&self, statement: &str) -> Result<i64> {
        let row = self
            .postgres
            .connect()
            .await?
            .query_one(statement, &[])
            .await?;
        Ok(row.try_get(0)?)
    }

    /// The paths of the calls that were charged, and the number of those that were returned.
    pub(super) async fn recorded(&self) -> Result<(Vec<String>, usize)> {
        const CALLS: &str = "SELECT units, path FROM calls";

        let (mut charged, mut returned) = (Vec::new(), 0);
        for row in self.postgres.connect().await?.query(CALLS, &[]).await? {
            match row.try_get(0)? {
                0_i32 => returned += 1,
                units => {
                    assert_eq!(units, 1);
                    charged.push(row.try_get(1)?);
                }
            }
        }
        Ok((charged, returned))
    }

    /// Runs `udam verify`.
    pub(super) async fn verify(&self) -> Result<()> {
        let udam = Binary::udam()?;
        let verified = udam.run(["verify"], self.environment.clone()).await?;
        verified.success().map(drop)
    }
}
