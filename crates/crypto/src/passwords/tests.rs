use std::num::NonZeroUsize;
use std::sync::mpsc;

use argon2::{AssociatedData, ParamsBuilder, PasswordHasher as _};
use futures::poll;
use tokio::task::JoinSet;

use super::*;

/// The least that Argon2 allows: the tests are about everything but the cost.
const CHEAP: Argon2Cost = Argon2Cost {
    memory_kib: 8,
    iterations: 1,
    lanes: 1,
};

const LIMITS: HashingLimits = HashingLimits {
    at_once: NonZeroUsize::MIN,
    waiting: 8,
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

#[test]
fn the_vector_of_rfc_9106_holds() {
    // Section 5.3.
    let params = ParamsBuilder::new()
        .m_cost(32)
        .t_cost(3)
        .p_cost(4)
        .data(AssociatedData::new(&[4; 12]).unwrap())
        .output_len(32)
        .build()
        .unwrap();
    let secret = [3; 8];
    let argon2 =
        Argon2::new_with_secret(&secret, Algorithm::Argon2id, Version::V0x13, params).unwrap();
    // In memory of its own, then in one that is lent a first and a second time.
    for blocks in [8, 32] {
        let blocks = BlockPool::new(blocks);
        for _ in 0..2 {
            let tag = derive(&argon2, &[1; 32], &[2; 16], &blocks).unwrap();
            assert_eq!(
                hex::encode(tag),
                "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
            );
        }
    }
}

#[test]
fn the_hash_is_the_string_that_argon2_itself_writes() {
    for (memory_kib, iterations, lanes) in [(8, 1, 1), (67, 2, 2), (19 * 1_024, 2, 1)] {
        let params = Params::new(memory_kib, iterations, lanes, None).unwrap();
        let blocks = BlockPool::new(params.block_count());
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        for salt in [[7; SALT_LENGTH], [8; SALT_LENGTH]] {
            let hash = hash_with_salt(&params, b"horse", &salt, &blocks).unwrap();
            let theirs = argon2.hash_password_with_salt(b"horse", &salt).unwrap();
            assert_eq!(hash.as_phc(), theirs.to_string());
        }
    }
}

#[tokio::test]
async fn a_hash_that_the_reference_implementation_made_is_known() {
    // From its test.c. Of other parameters than the hasher's own, too.
    let hash = stored(
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ\
         $CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    );
    let hasher = hasher(CHEAP);
    assert_eq!(verify(&hasher, "password", Some(&hash)).await, Ok(true));
    assert_eq!(verify(&hasher, "passwore", Some(&hash)).await, Ok(false));
}

#[tokio::test]
async fn a_password_is_known_by_its_hash() {
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
async fn a_hash_of_an_earlier_cost_is_checked_at_that_cost() {
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
async fn a_hash_of_any_parameters_is_checked_by_them() {
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
    assert_eq!(hasher.blocks.kept_lengths(), [8]);
}

#[tokio::test]
async fn a_hash_without_a_version_is_one_of_the_latest() {
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
async fn no_memory_is_taken_before_the_first_hash_nor_more_than_are_made_at_once() {
    let limits = HashingLimits {
        at_once: NonZeroUsize::new(3).unwrap(),
        waiting: 1_000,
    };
    let hasher = Arc::new(Argon2PasswordHasher::new(CHEAP, limits).unwrap());
    assert!(hasher.blocks.kept_lengths().is_empty());

    let hash = hasher.hash(password("horse")).await.unwrap();
    for _ in 0..50 {
        hasher.hash(password("horse")).await.unwrap();
        verify(&hasher, "horse", Some(&hash)).await.unwrap();
        verify(&hasher, "horse", None).await.unwrap();
    }
    assert_eq!(hasher.blocks.kept_lengths(), [8], "one after the other");

    let mut together = JoinSet::new();
    for _ in 0..200 {
        let (hasher, hash) = (Arc::clone(&hasher), hash.clone());
        together.spawn(async move {
            hasher.hash(password("horse")).await.unwrap();
            verify(&hasher, "horse", Some(&hash)).await.unwrap();
        });
    }
    together.join_all().await;
    let kept = hasher.blocks.kept_lengths();
    assert!((1..=3).contains(&kept.len()), "{kept:?}");
}

#[tokio::test]
async fn work_whose_caller_went_away_gives_its_memory_back() {
    let hasher = hasher(Argon2Cost::default());
    let mut abandoned = Box::pin(hasher.hash(password("horse")));
    assert!(poll!(&mut abandoned).is_pending());
    drop(abandoned);
    // It waits for the only turn.
    hasher.hash(password("horse")).await.unwrap();
    assert_eq!(hasher.blocks.kept_lengths(), [19_456]);
}

#[tokio::test]
async fn where_there_is_no_hash_no_password_is_right_not_even_the_decoy_s() {
    let mut hasher = hasher(CHEAP);
    assert_eq!(verify(&hasher, "horse", None).await, Ok(false));
    hasher.decoy = hasher.hash(password("horse")).await.unwrap();
    assert_eq!(verify(&hasher, "horse", None).await, Ok(false));
}

#[tokio::test]
async fn where_there_is_no_hash_the_decoy_is_worked_on() {
    // Were it not, breaking it would go unnoticed.
    let mut hasher = hasher(CHEAP);
    hasher.decoy = stored("broken");
    let verified = verify(&hasher, "horse", None).await;
    assert_eq!(verified, Err(HashingError::Failed));
}

#[tokio::test]
async fn the_decoy_costs_what_any_hash_does() {
    let hasher = hasher(Argon2Cost::default());
    let any = hasher.hash(password("horse")).await.unwrap();
    let work = |hash: &PasswordHash| {
        let hash = phc::PasswordHash::new(hash.as_phc()).unwrap();
        let lengths = (hash.salt.unwrap().len(), hash.hash.unwrap().len());
        (hash.algorithm, hash.version, hash.params, lengths)
    };
    assert_eq!(work(&hasher.decoy), work(&any));
}

#[tokio::test]
async fn a_stored_hash_that_is_none_is_told_from_a_wrong_password() {
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
async fn with_or_without_a_hash_a_full_house_is_a_full_house() {
    let limits = HashingLimits {
        at_once: NonZeroUsize::MIN,
        waiting: 0,
    };
    let hasher = Argon2PasswordHasher::new(CHEAP, limits).unwrap();
    let hash = hasher.hash(password("horse")).await.unwrap();
    let (let_go, wait) = mpsc::channel::<()>();
    let mut inside = Box::pin(hasher.turnstile.pass(move || wait.recv()));
    assert!(poll!(&mut inside).is_pending());
    for hash in [None, Some(&hash)] {
        let verified = verify(&hasher, "horse", hash).await;
        assert_eq!(verified, Err(HashingError::Overloaded));
    }
    let made = hasher.hash(password("horse")).await;
    assert_eq!(made, Err(HashingError::Overloaded));
    let_go.send(()).unwrap();
    assert_eq!(inside.await, Ok(Ok(())));
    assert!(hasher.hash(password("horse")).await.is_ok());
}

#[test]
fn the_hasher_prints_no_hash() {
    let hasher = hasher(CHEAP);
    let printed = format!("{hasher:?}");
    assert!(
        !printed.contains('$') && !printed.contains("decoy"),
        "{printed}"
    );
}
