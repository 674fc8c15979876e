use std::num::NonZeroUsize;
use std::sync::mpsc;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, PasswordHasher as _, Version};
use futures::poll;
use tokio::task::JoinSet;

use super::argon2id::SALT_LENGTH;
use super::*;

/// The minimum that Argon2 allows: most tests are not about the cost.
const CHEAP: Argon2Cost = Argon2Cost {
    memory_kib: 8,
    iterations: 1,
    lanes: 1,
};

const LIMITS: HashingLimits = HashingLimits {
    max_concurrent: NonZeroUsize::MIN,
    max_waiting: 8,
};

fn hasher(cost: Argon2Cost) -> Argon2PasswordHasher {
    Argon2PasswordHasher::new(cost, LIMITS).unwrap()
}

fn password(text: &str) -> Password {
    Password::attempt(text.to_owned()).unwrap()
}

async fn verify(
    hasher: &Argon2PasswordHasher,
    text: &str,
    hash: Option<&PasswordHash>,
) -> Result<bool, HashingError> {
    hasher.verify(password(text), hash.cloned()).await
}

fn stored(phc: &str) -> PasswordHash {
    PasswordHash::from_phc(phc.to_owned())
}

#[tokio::test]
async fn a_hash_made_by_the_reference_implementation_is_verified() {
    // From its test.c, with parameters that are not the hasher's own.
    let hash = stored(
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ\
         $CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    );
    let hasher = hasher(CHEAP);
    assert_eq!(verify(&hasher, "password", Some(&hash)).await, Ok(true));
    assert_eq!(verify(&hasher, "passwore", Some(&hash)).await, Ok(false));
}

#[tokio::test]
async fn a_password_matches_its_own_hash_only() {
    let hasher = hasher(Argon2Cost::default());
    let hash = hasher.hash(password("horse")).await.unwrap();
    assert!(hash.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_eq!(verify(&hasher, "horse", Some(&hash)).await, Ok(true));
    for wrong in ["hors", "horse ", "Horse", ""] {
        assert_eq!(verify(&hasher, wrong, Some(&hash)).await, Ok(false));
    }
}

#[tokio::test]
async fn hashing_a_password_twice_gives_two_hashes() {
    let hasher = hasher(CHEAP);
    let first = hasher.hash(password("horse")).await.unwrap();
    let second = hasher.hash(password("horse")).await.unwrap();
    assert_ne!(first, second);
    for hash in [first, second] {
        let parsed = phc::PasswordHash::new(hash.as_phc()).unwrap();
        assert_eq!(parsed.salt.unwrap().len(), SALT_LENGTH);
        assert_eq!(verify(&hasher, "horse", Some(&hash)).await, Ok(true));
    }
}

#[tokio::test]
async fn a_hash_of_an_earlier_cost_is_verified_at_that_cost() {
    let earlier = hasher(CHEAP);
    let hash = earlier.hash(password("horse")).await.unwrap();
    let now = hasher(Argon2Cost {
        memory_kib: 64,
        iterations: 2,
        lanes: 2,
    });
    assert_eq!(verify(&now, "horse", Some(&hash)).await, Ok(true));
}

#[tokio::test]
async fn a_hash_is_verified_with_its_own_parameters() {
    let hasher = hasher(CHEAP);
    for algorithm in [Algorithm::Argon2d, Algorithm::Argon2i, Algorithm::Argon2id] {
        for version in [Version::V0x10, Version::V0x13] {
            for (memory_kib, lanes, output) in [(8, 1, 10), (16, 2, 32), (1_027, 3, 64)] {
                let params = Params::new(memory_kib, 2, lanes, Some(output)).unwrap();
                let hash = Argon2::new(algorithm, version, params)
                    .hash_password_with_salt(b"horse", b"saltsalt")
                    .unwrap();
                let hash = stored(&hash.to_string());
                assert_eq!(verify(&hasher, "horse", Some(&hash)).await, Ok(true));
                assert_eq!(verify(&hasher, "house", Some(&hash)).await, Ok(false));
            }
        }
    }
    assert_eq!(hasher.buffers.idle_lengths(), [8]);
}

#[tokio::test]
async fn a_hash_without_a_version_is_of_the_latest_version() {
    let hash = stored(
        "$argon2id$m=65536,t=2,p=1$c29tZXNhbHQ\
         $CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    );
    assert_eq!(
        verify(&hasher(CHEAP), "password", Some(&hash)).await,
        Ok(true)
    );
}

#[tokio::test]
async fn no_more_memory_is_held_than_for_the_hashes_ever_made_together() {
    let limits = HashingLimits {
        max_concurrent: NonZeroUsize::new(3).unwrap(),
        max_waiting: 1_000,
    };
    let hasher = Arc::new(Argon2PasswordHasher::new(CHEAP, limits).unwrap());
    assert!(hasher.buffers.idle_lengths().is_empty());

    let hash = hasher.hash(password("horse")).await.unwrap();
    for _ in 0..50 {
        hasher.hash(password("horse")).await.unwrap();
        verify(&hasher, "horse", Some(&hash)).await.unwrap();
        verify(&hasher, "horse", None).await.unwrap();
    }
    assert_eq!(
        hasher.buffers.idle_lengths(),
        [8],
        "consecutive hashes share a buffer"
    );

    let mut together = JoinSet::new();
    for _ in 0..200 {
        let (hasher, hash) = (Arc::clone(&hasher), hash.clone());
        together.spawn(async move {
            hasher.hash(password("horse")).await.unwrap();
            verify(&hasher, "horse", Some(&hash)).await.unwrap();
        });
    }
    together.join_all().await;
    let kept = hasher.buffers.idle_lengths();
    assert!((1..=3).contains(&kept.len()), "{kept:?}");
}

#[tokio::test]
async fn a_hash_whose_caller_was_cancelled_returns_its_memory() {
    let hasher = hasher(Argon2Cost::default());
    let mut abandoned = Box::pin(hasher.hash(password("horse")));
    assert!(poll!(&mut abandoned).is_pending());
    drop(abandoned);
    // It waits for the only thread.
    hasher.hash(password("horse")).await.unwrap();
    assert_eq!(hasher.buffers.idle_lengths(), [19_456]);
}

#[tokio::test]
async fn without_a_hash_no_password_matches_not_even_that_of_the_dummy() {
    let mut hasher = hasher(CHEAP);
    assert_eq!(verify(&hasher, "horse", None).await, Ok(false));
    hasher.dummy = hasher.hash(password("horse")).await.unwrap();
    assert_eq!(verify(&hasher, "horse", None).await, Ok(false));
}

#[tokio::test]
async fn without_a_hash_the_dummy_is_checked() {
    // A broken dummy is noticed only if it is checked.
    let mut hasher = hasher(CHEAP);
    hasher.dummy = stored("broken");
    let verified = verify(&hasher, "horse", None).await;
    assert_eq!(verified, Err(HashingError::Failed));
}

#[tokio::test]
async fn the_dummy_costs_as_much_as_any_hash() {
    let hasher = hasher(Argon2Cost::default());
    let any = hasher.hash(password("horse")).await.unwrap();
    let work = |hash: &PasswordHash| {
        let hash = phc::PasswordHash::new(hash.as_phc()).unwrap();
        let lengths = (hash.salt.unwrap().len(), hash.hash.unwrap().len());
        (hash.algorithm, hash.version, hash.params, lengths)
    };
    assert_eq!(work(&hasher.dummy), work(&any));
}

#[tokio::test]
async fn a_malformed_hash_is_an_error_and_not_a_wrong_password() {
    let hasher = hasher(CHEAP);
    let output = "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    for phc in [
        "",
        "horse",
        "$argon2id",
        "$argon2id$v=19$m=8,t=1,p=1",
        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ",
        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$!",
        &format!("$argon2id$v=18$m=8,t=1,p=1$c29tZXNhbHQ${output}"),
        &format!("$argon2id$v=19$m=1,t=1,p=1$c29tZXNhbHQ${output}"),
        &format!("$argon2id$v=19$m=8,t=1,p=1$c2FsdA${output}"),
        &format!("$argon2id$v=19$m=8,t=0,p=1$c29tZXNhbHQ${output}"),
        &format!("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ${output}$"),
        &format!("$scrypt$ln=4,r=8,p=1$c29tZXNhbHQ${output}"),
    ] {
        let verified = verify(&hasher, "horse", Some(&stored(phc))).await;
        assert_eq!(verified, Err(HashingError::Failed), "{phc}");
    }
}

#[tokio::test]
async fn an_overloaded_hasher_rejects_with_and_without_a_hash() {
    let limits = HashingLimits {
        max_concurrent: NonZeroUsize::MIN,
        max_waiting: 0,
    };
    let hasher = Argon2PasswordHasher::new(CHEAP, limits).unwrap();
    let hash = hasher.hash(password("horse")).await.unwrap();
    let (release, released) = mpsc::channel::<()>();
    let mut running = Box::pin(hasher.executor.run(move || released.recv()));
    assert!(poll!(&mut running).is_pending());
    for hash in [None, Some(&hash)] {
        let verified = verify(&hasher, "horse", hash).await;
        assert_eq!(verified, Err(HashingError::Overloaded));
    }
    let made = hasher.hash(password("horse")).await;
    assert_eq!(made, Err(HashingError::Overloaded));
    release.send(()).unwrap();
    assert_eq!(running.await, Ok(Ok(())));
    assert!(hasher.hash(password("horse")).await.is_ok());
}

#[test]
fn debug_output_holds_no_hash() {
    let hasher = hasher(CHEAP);
    let printed = format!("{hasher:?}");
    assert!(
        !printed.contains('$') && !printed.contains("dummy"),
        "{printed}"
    );
}
