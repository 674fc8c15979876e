use std::time::Duration;

use udam_domain::gateway::{
    CallOutcome, CallQuality, GatewayTerms, KeyPlacement, Method, RatePeriod, UsageBucket,
};
use udam_domain::listing::{ApiKey, EndpointUrl, NotCallable};
use udam_domain::mocks::MockGateway;
use udam_domain::{ProbeAnswer, ProbeFailed, SealedService};

use super::*;

const CALLS: &str = "/my/listings/lst_00000000000000000000000003/calls";
const PROBE: &str = "/my/listings/lst_00000000000000000000000003/probe";

/// The required fields of a listing.
const FIELDS: &str = "service_name=Rain&api_key=sk_live_7&price_per_unit=2.50&unit_description=1+call\
    &available_units=10";

fn endpoint() -> EndpointUrl {
    "https://rain.example/v1".parse().unwrap()
}

fn with_gateway(mut store: TestStore) -> TestStore {
    store.mocks.gateway = Some(MockGateway::default());
    store
}

#[actix_web::test]
async fn the_gateway_is_proposed_and_both_modes_are_explained() {
    let page = with_gateway(TestStore::signed_in()).get("/sell").await.html;
    assert!(page.contains("value=\"gateway\" checked"), "{page}");
    assert!(page.contains("Buyers call an address of the marketplace"));
    assert!(page.contains("Buyers are shown your key"));
    assert!(!page.contains("value=\"Authorization\"") && page.contains("value=\"30\""));
    let without = TestStore::signed_in().get("/sell").await.html;
    assert!(!without.contains("name=\"access\""));
}

#[actix_web::test]
async fn a_listing_is_published_through_the_gateway_on_the_terms_of_the_form() {
    let mut store = with_gateway(TestStore::signed_in());
    seal(&mut store, "sk_live_7");
    let published = store.mocks.listings.expect_publish();
    published.once().returning(|new, _| {
        let terms = new.details.gateway.unwrap();
        assert_eq!(terms.auth, KeyPlacement::Query("appid".parse().unwrap()));
        let methods: Vec<_> = terms.methods.iter().collect();
        assert_eq!(methods, [Method::Get, Method::Post]);
        let paths = terms.paths.prefixes().iter().map(ToString::to_string);
        assert_eq!(paths.collect::<Vec<_>>(), ["/v1", "/v2"]);
        assert_eq!(terms.cost.taken().get(), 20);
        assert_eq!(terms.charge.to_string(), "answered");
        assert_eq!(terms.timeout.seconds(), 10);
        let rate = terms.rate.unwrap();
        assert_eq!((rate.calls().get(), rate.per()), (5, RatePeriod::Minute));
        Ok(listing_of(ada().id))
    });
    let form = format!(
        "{FIELDS}&endpoint_url=https://rain.example&access=gateway&auth_in=query&auth_name=appid\
         &auth_prefix=Bearer+&methods=get,+POST&paths=/v1%0D%0A/v2&units_per_call=2&max_units_per_call=20\
         &charge=answered&timeout=10&rate_calls=5&rate_per=minute"
    );
    let answer = store.post("/sell", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn a_blank_place_of_the_key_is_a_bearer_token_and_a_named_header_has_the_text_that_was_typed()
{
    let placement = |name: &str, prefix: &str| {
        let name = Some(name).filter(|name| !name.is_empty());
        KeyPlacement::Header {
            name: name.unwrap_or("Authorization").parse().unwrap(),
            prefix: prefix.parse().unwrap(),
        }
    };
    for (typed, expected) in [
        ("", placement("", "Bearer ")),
        ("auth_in=header&auth_name=+", placement("", "Bearer ")),
        ("auth_name=X-Key", placement("X-Key", "")),
        ("auth_name=Authorization", placement("Authorization", "")),
        ("auth_prefix=Token+", placement("", "Token ")),
        ("auth_in=basic", KeyPlacement::Basic(None)),
    ] {
        let mut store = with_gateway(TestStore::signed_in());
        seal(&mut store, "sk_live_7");
        let published = store.mocks.listings.expect_publish();
        published.once().returning(move |new, _| {
            assert_eq!(new.details.gateway.unwrap().auth, expected);
            Ok(listing_of(ada().id))
        });
        let form = format!("{FIELDS}&endpoint_url=https://rain.example&access=gateway&{typed}");
        let answer = store.post("/sell", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{typed}");
    }
}

#[actix_web::test]
async fn who_chooses_the_key_or_has_no_gateway_sells_by_the_key() {
    let by_key = format!("{FIELDS}&access=key&timeout=0");
    let no_gateway = format!("{FIELDS}&access=gateway");
    for (store, form) in [
        (with_gateway(TestStore::signed_in()), by_key),
        (TestStore::signed_in(), no_gateway),
    ] {
        let mut store = store;
        seal(&mut store, "sk_live_7");
        let published = store.mocks.listings.expect_publish();
        published.withf(|new, _| new.details.gateway.is_none());
        published.once().returning(|_, _| Ok(listing_of(ada().id)));
        let answer = store.post("/sell", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    }
}

#[actix_web::test]
async fn wrong_terms_are_shown_again_with_their_errors() {
    let form = format!(
        "{FIELDS}&endpoint_url=https://rain.example&access=gateway&auth_in=header&auth_name=Host\
         &methods=FETCH&paths=v1&units_per_call=0&timeout=301&rate_calls=0"
    );
    let page = with_gateway(TestStore::signed_in())
        .post("/sell", &form)
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in [
        "auth_name",
        "methods",
        "paths",
        "units_per_call",
        "timeout",
        "rate_calls",
        "api_key",
    ] {
        let error = format!("id=\"{field}-error\"");
        assert!(page.html.contains(&error), "{field}: {}", page.html);
    }
    assert!(page.html.contains("<details class=\"field\" open>"));
    assert!(page.html.contains("value=\"FETCH\"") && !page.html.contains("sk_live"));
}

#[actix_web::test]
async fn a_service_that_the_gateway_cannot_call_is_an_error_of_its_address() {
    let form = format!("{FIELDS}&access=gateway");
    let page = with_gateway(TestStore::signed_in())
        .post("/sell", &form)
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("id=\"endpoint_url-error\""));
    assert!(page.html.contains("Must be entered again") && !page.html.contains("sk_live"));

    let mut store = with_gateway(store_with_listing_of(ada().id));
    let edited = store.mocks.listings.expect_edit();
    edited.returning(|_| Err(EditListingError::NotCallable(NotCallable::NoEndpoint)));
    let form = format!(
        "service_name=Rain&price_per_unit=3&unit_description=1+call&access=gateway&{}",
        version()
    );
    let page = store.post(LISTING, &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("id=\"endpoint_url-error\""));
    assert!(!page.html.contains("Must be entered again"));
}

#[actix_web::test]
async fn a_key_that_is_too_short_for_the_gateway_is_an_error_of_the_key() {
    let form = format!("{FIELDS}&access=gateway&endpoint_url=https://api.example.com");
    let form = form.replace("api_key=sk_live_7", "api_key=sk_1234");
    let page = with_gateway(TestStore::signed_in())
        .post("/sell", &form)
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("id=\"api_key-error\"") && !page.html.contains("sk_1234"));
    assert!(page.html.contains("Must have 8 characters or more"));

    let mut store = with_gateway(store_with_listing_of(ada().id));
    let edited = store.mocks.listings.expect_edit();
    edited.returning(|_| Err(EditListingError::NotCallable(NotCallable::ShortKey)));
    let form = format!(
        "service_name=Rain&price_per_unit=3&unit_description=1+call&access=gateway&{}",
        version()
    );
    let page = store.post(LISTING, &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("id=\"api_key-error\""));
}

#[actix_web::test]
async fn the_edit_form_has_the_terms_that_the_listing_has() {
    let terms = GatewayTerms {
        auth: KeyPlacement::Basic(Some("api".parse().unwrap())),
        ..GatewayTerms::default()
    };
    let mut store = with_gateway(TestStore::signed_in());
    let found = store.mocks.listing_reader.expect_find();
    found.returning(move |_| {
        let mut listing = listing_of(ada().id);
        listing.details.endpoint_url = Some(endpoint());
        listing.details.gateway = Some(terms.clone());
        Ok(Some(listing))
    });
    let page = store.get(LISTING).await.html;
    assert!(page.contains("value=\"gateway\" checked") && page.contains("value=\"api\""));
    assert!(page.contains("value=\"basic\" selected"), "{page}");
    assert!(page.contains(CALLS));
    let by_key = with_gateway(store_with_listing_of(ada().id));
    let page = by_key.get(LISTING).await.html;
    assert!(page.contains("value=\"key\" checked"));
}

/// A store in which Ada's service was called.
fn called(probed: Result<ProbeAnswer, ProbeFailed>) -> TestStore {
    let mut gateway = MockGateway::default();
    gateway.probe.expect_probe().returning(move |request| {
        assert_eq!(request.path.as_str(), "/v1/rain");
        assert_eq!(request.query.as_deref(), Some("lat=8"));
        probed.clone()
    });
    let reader = &mut gateway.reader;
    reader.expect_service().returning(|_, _| {
        Ok(Some(SealedService {
            endpoint_url: endpoint(),
            key: SealedKey {
                key_id: "1".parse().unwrap(),
                ciphertext: vec![1],
            },
            terms: None,
        }))
    });
    reader.expect_usage().returning(|_, _, _| {
        Ok(vec![UsageBucket {
            from: Timestamp::UNIX_EPOCH,
            calls: 1_204,
            charged_calls: 1_198,
            units: 2_396,
            bytes: 9,
        }])
    });
    reader.expect_of_listing().returning(|_, seller, _| {
        assert_eq!(seller, ada().id);
        let items = Vec::new();
        Ok(Page { items, next: None })
    });
    reader.expect_quality().returning(|_, _| {
        Ok(CallQuality {
            calls: 1_204,
            successes: 1_204,
            p50: Duration::from_millis(48),
            p95: Duration::from_millis(131),
        })
    });
    let mut store = TestStore::signed_in();
    let found = store.mocks.listing_reader.expect_find();
    found.returning(|_| {
        let mut listing = listing_of(ada().id);
        listing.details.endpoint_url = Some(endpoint());
        listing.details.gateway = Some(GatewayTerms::default());
        Ok(Some(listing))
    });
    let key = |_, _: &SealedKey| Ok(ApiKey::new("sk_live_7".to_owned()).unwrap());
    store.mocks.vault.expect_open().returning(key);
    store.mocks.gateway = Some(gateway);
    store
}

fn answer() -> ProbeAnswer {
    ProbeAnswer {
        status: 203,
        headers: vec![("content-type".to_owned(), "text/<b>".to_owned())],
        body: b"{\"rain\": \"<i>\"}".to_vec(),
        is_truncated: true,
        latency: Duration::from_millis(1_048),
    }
}

#[actix_web::test]
async fn a_seller_sees_the_usage_and_quality_of_a_listing() {
    let page = called(Ok(answer())).get(CALLS).await;
    assert_eq!(page.status, StatusCode::OK);
    for text in ["1 Jan 1970", "1,198", "2,396", "100.0 %", "131 ms"] {
        assert!(page.html.contains(text), "{text}: {}", page.html);
    }
    let others = with_gateway(store_with_listing_of(somebody()));
    assert_eq!(others.get(CALLS).await.status, StatusCode::NOT_FOUND);
    let none = store_with_listing_of(ada().id).get(CALLS).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_probe_shows_the_answer_of_the_service_or_what_happened_instead() {
    const FORM: &str = "method=GET&path=/v1/rain&query=lat%3D8";

    let page = called(Ok(answer())).post(PROBE, FORM).await;
    assert_eq!(page.status, StatusCode::OK);
    for text in [
        "Status 203 after 1,048 ms",
        "&#60;i&#62;",
        "text/&#60;b&#62;",
        "Only the beginning",
    ] {
        assert!(page.html.contains(text), "{text}: {}", page.html);
    }
    let outcome = CallOutcome::TlsFailed;
    let page = called(Err(ProbeFailed { outcome })).post(PROBE, FORM).await;
    assert!(
        page.html
            .contains("The service has not answered: Tls failed.")
    );
    let page = called(Ok(answer())).post(PROBE, "path=v1&query=a+b").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("id=\"path-error\"") && page.html.contains("id=\"query-error\""));
    let opened = called(Ok(answer())).get(PROBE).await;
    assert_eq!(opened.location(), CALLS);
}
