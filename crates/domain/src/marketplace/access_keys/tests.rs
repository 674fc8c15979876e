use futures::executor::block_on;

use super::*;
use crate::fixtures::{actor, at, clock, entropy, token_id};
use crate::gateway::AccessKeyDigest;
use crate::ports::{MockAccessKeyMint, MockAccessKeyStore, MockAccessKeyVault};

const NOW: i64 = 1_000;

fn issued(expires_at: Option<Timestamp>) -> Result<AccessKeyInfo, IssueAccessKeyError> {
    let mut mint = MockAccessKeyMint::new();
    mint.expect_mint().returning(|| {
        let key = AccessKey::new("udk_new".to_owned());
        (key, AccessKeyDigest::new([7; 32]))
    });
    let mut store = MockAccessKeyStore::new();
    store
        .expect_issue()
        .returning(|issue| Ok(issue.into_info()));
    let keys = AccessKeys::new(AccessKeyPorts {
        store: Arc::new(store),
        mint: Arc::new(mint),
        vault: Arc::new(MockAccessKeyVault::new()),
        clock: clock(at(NOW)),
        entropy: entropy(),
    });
    let further = FurtherKey {
        expires_at,
        ..FurtherKey::default()
    };
    let issued = block_on(keys.issue(actor(2), token_id(8), further));
    issued.map(|(info, _secret)| info)
}

#[test]
fn a_key_that_expires_expires_later_than_it_is_issued() {
    for past in [0, NOW - 1, NOW] {
        let refused = issued(Some(at(past)));
        assert!(matches!(refused, Err(IssueAccessKeyError::ExpiresInPast)));
    }
    let expires_at = Some(at(NOW + 1));
    assert_eq!(issued(expires_at).unwrap().expires_at, expires_at);
    assert_eq!(issued(None).unwrap().expires_at, None);
}
