//! TLS connections to a cluster with a certificate issued by the test.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio_postgres::Client;
use udam_domain::StoreError;
use udam_embedded_postgres::{Cluster, Settings};
use udam_postgres::{ConnectError, PgPool, PoolSettings, TlsError, forgoes_tls, pending};

use crate::harness::connect;

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// A cluster with `ssl = on`, whose certificate is good for 127.0.0.1 and no other name.
struct SecureCluster {
    sql: Client,
    cluster: Cluster,
    files: TempDir,
    trusted: PathBuf,
}

impl SecureCluster {
    async fn start() -> Self {
        let start = || Cluster::temporary(&Settings::default());
        let cluster = tokio::task::spawn_blocking(start).await.unwrap().unwrap();
        let sql = connect(cluster.url().expose()).await;
        let data: String = sql
            .query_one("SHOW data_directory", &[])
            .await
            .unwrap()
            .get(0);
        let (files, issuer) = (TempDir::new().unwrap(), issuer());
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let certificate = certificate.signed_by(&key, &issuer).unwrap();
        hand_over(Path::new(&data), "server.crt", &certificate.pem());
        hand_over(Path::new(&data), "server.key", &key.serialize_pem());
        sql.batch_execute("ALTER SYSTEM SET ssl = on")
            .await
            .unwrap();
        sql.batch_execute("SELECT pg_reload_conf()").await.unwrap();
        let trusted = write(&files, "trusted.pem", &issuer.pem());
        Self {
            sql,
            cluster,
            files,
            trusted,
        }
    }

    /// Settings for a connection by these parameters, named in `pg_stat_activity` as `name`.
    fn settings(&self, name: &str, parameters: &str) -> PoolSettings {
        let url = self.cluster.url().expose().to_owned();
        PoolSettings::new(format!("{url}?application_name={name}{parameters}"))
    }

    async fn is_encrypted(&self, name: &str) -> bool {
        let encrypted = "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
            WHERE application_name = $1";
        self.sql
            .query_one(encrypted, &[&name])
            .await
            .unwrap()
            .get(0)
    }
}

fn issuer() -> Issuer {
    let mut parameters = CertificateParams::default();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap()
}

fn write(files: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = files.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

/// Writes a file into the data directory, owned by the server's user: PostgreSQL rejects a key that
/// others can read.
fn hand_over(data: &Path, name: &str, text: &str) {
    let path = data.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let owner = fs::metadata(data).unwrap();
    chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
}

/// Runs a query through a new pool.
async fn ask(settings: &PoolSettings) -> Result<PgPool, StoreError> {
    let pool = PgPool::connect(settings).unwrap();
    pending(&pool).await.map(|_| pool)
}

#[tokio::test]
async fn tls_is_forgone_without_a_mode_at_another_machine_that_offers_it() {
    const ELSEWHERE: &str = "postgres://udam@db.example.com/udam";

    let secure = SecureCluster::start().await;
    let forgoes = async |url: &str| {
        let pool = ask(&secure.settings("asking", "")).await.unwrap();
        forgoes_tls(&pool, &PoolSettings::new(url)).await.unwrap()
    };
    assert!(forgoes(ELSEWHERE).await);
    assert!(!forgoes("postgres://udam@localhost/udam").await);
    for decided in ["disable", "prefer", "require"] {
        assert!(!forgoes(&format!("{ELSEWHERE}?sslmode={decided}")).await);
    }
    for statement in ["ALTER SYSTEM SET ssl = off", "SELECT pg_reload_conf()"] {
        secure.sql.batch_execute(statement).await.unwrap();
    }
    let is_off = "SELECT current_setting('ssl') = 'off'";
    while !secure
        .sql
        .query_one(is_off, &[])
        .await
        .unwrap()
        .get::<_, bool>(0)
    {}
    assert!(!forgoes(ELSEWHERE).await);
}

#[tokio::test]
async fn tls_is_used_as_the_url_says() {
    let secure = SecureCluster::start().await;
    let trusted = secure.trusted.display();
    for (mode, encrypted) in [
        ("disable", false),
        ("prefer", true),
        ("require", true),
        ("verify-full", true),
    ] {
        let parameters = format!("&sslmode={mode}&sslrootcert={trusted}");
        let _pool = ask(&secure.settings(mode, &parameters)).await.unwrap();
        assert_eq!(secure.is_encrypted(mode).await, encrypted, "{mode}");
    }
    let _pool = ask(&secure.settings("default", "")).await.unwrap();
    assert!(!secure.is_encrypted("default").await);

    rejects_unverified_certificate(&secure).await;
}

async fn rejects_unverified_certificate(secure: &SecureCluster) {
    let unknown = write(&secure.files, "unknown.pem", &issuer().pem());
    for mode in ["prefer", "require", "verify-ca", "verify-full"] {
        let parameters = format!("&sslmode={mode}&sslrootcert={}", unknown.display());
        let result = ask(&secure.settings("unknown", &parameters)).await;
        assert!(matches!(result, Err(StoreError::Unreachable(_))), "{mode}");
    }
    let parameters = format!("&sslmode=require&sslrootcert={}", secure.trusted.display());
    let mut other_name = secure.settings("other_name", &parameters);
    other_name.url = other_name.url.replace("@127.0.0.1:", "@localhost:");
    assert!(matches!(
        ask(&other_name).await,
        Err(StoreError::Unreachable(_))
    ));
}

#[tokio::test]
async fn unreadable_roots_are_rejected_before_any_query() {
    let url = "postgres://udam:pw@127.0.0.1:1/udam?sslmode=require&sslrootcert=/nowhere/ca.pem";
    let error = PgPool::connect(&PoolSettings::new(url)).unwrap_err();
    assert!(matches!(
        error,
        ConnectError::Tls(TlsError::RootFile { .. })
    ));
}
