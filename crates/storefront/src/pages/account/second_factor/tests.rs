use actix_web::http::{StatusCode, header};
use udam_domain::account::{
    Factors, RecoveryCode, RecoveryCodeDigest, SessionDigest, SessionToken, StoredFactor, TotpCode,
    TotpSecret, TotpStep,
};
use udam_domain::id::SecondFactorId;
use udam_domain::listing::SealedKey;
use udam_domain::mocks::signed_in;
use uuid::Uuid;

use super::grouped;
use crate::testing::{SESSION, TestStore};

#[test]
fn a_secret_is_typed_in_groups() {
    assert_eq!(grouped("ABCDEFGHIJ").as_str(), "ABCD EFGH IJ");
}

/// A store in which Ada has begun to add a factor, whose code is always 123456.
fn begun() -> TestStore {
    let mut store = TestStore::signed_in();
    let factors = &mut store.mocks.second_factors;
    factors.store.expect_find().returning(|_, _| {
        Ok(Factors {
            begun: Some(StoredFactor {
                id: SecondFactorId::from_uuid(Uuid::from_u128(7)),
                secret: SealedKey {
                    key_id: "k1".parse().unwrap(),
                    ciphertext: Vec::new(),
                },
                last_step: TotpStep::new(0),
            }),
            ..Factors::default()
        })
    });
    factors
        .vault
        .expect_open()
        .returning(|_, _| Ok(TotpSecret::new("ABCDEFGH".to_owned())));
    let code: TotpCode = "123456".parse().unwrap();
    factors
        .codes
        .expect_code()
        .returning(move |_, _| Some(code));
    factors.codes.expect_new_recovery_code().returning(|| {
        let code = RecoveryCode::from_bytes([0xff; RecoveryCode::BYTES]);
        (code, RecoveryCodeDigest::new([1; 32]))
    });
    store.mocks.mint.expect_mint().returning(|| {
        let token = SessionToken::new("udam_ses_renewed".to_owned());
        (token, SessionDigest::new([9; 32]))
    });
    store
}

#[actix_web::test]
async fn the_secret_is_shown_as_a_code_to_scan_and_as_text_to_type() {
    let page = begun().get("/account/second-factor").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.headers.get(header::CACHE_CONTROL).unwrap(), "no-store");
    assert!(page.html.contains("ABCD EFGH") && page.html.contains("<path d=\"M4 4h1v1h-1z"));
    assert!(
        page.html
            .contains("otpauth://totp/market.example.com:ada@example.com?secret=ABCDEFGH")
    );
}

#[actix_web::test]
async fn a_wrong_code_shows_the_secret_again_and_the_right_one_renews_the_session() {
    let path = "/account/second-factor/confirm";
    let page = begun().post(path, "code=000000").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("ABCD EFGH") && page.html.contains("id=\"code-error\""));
    let mut store = begun();
    let confirmed = store.mocks.second_factors.store.expect_confirm();
    confirmed.once().returning(|_| Ok(true));
    let page = store.post(path, "code=123+456").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("zzzz-zzzz-zzzz-zzzz-zzzz-zzzz"));
    let cookie = page.headers.get(header::SET_COOKIE).unwrap();
    let cookie = cookie.to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-udam_session=udam_ses_renewed; "),
        "{cookie}"
    );
    // Forms on the page are those of the renewed session.
    assert!(page.html.contains(&crate::csrf::token("udam_ses_renewed")));
    assert!(!page.html.contains(&crate::csrf::token(SESSION)));
}

#[actix_web::test]
async fn what_needs_a_recent_proof_sends_the_browser_there_and_back() {
    for (path, back) in [
        ("/account/second-factor/remove", "/"),
        ("/account/recovery-codes", "/"),
        ("/account/password", "/"),
        ("/account/api-keys", "/"),
        ("/tokens/tok_0000000000000000000000000a/reveal", "/"),
    ] {
        let mut store = TestStore::new();
        let mut guarded = signed_in(1);
        guarded.has_factor = true;
        store.mocks.authenticate(SESSION, guarded);
        let page = store.post(path, "code=1").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
        let next: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
        assert_eq!(page.location(), format!("/step-up?next={next}"), "{path}");
    }
}
