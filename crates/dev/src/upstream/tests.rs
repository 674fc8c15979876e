use actix_web::App;
use actix_web::body::to_bytes;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Data;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use udam_domain::gateway::KeyPlacement;

use super::quota::Quota;
use super::routes::routes;
use super::weather::MAX_DAYS;
use super::{ALERTS, Access, EXCHANGE_RATES, FORECAST, GEOCODING, HISTORY, Upstream};

const EVERY_SERVICE: [(&Access, &str); 5] = [
    (&FORECAST, "/weather/v2/forecast?lat=52.5&lon=13.4"),
    (&HISTORY, "/weather/v2/history?lat=52.5&lon=13.4"),
    (&ALERTS, "/weather/v2/alerts?events=1"),
    (&GEOCODING, "/geo/v1/geocode?q=Berlin"),
    (&EXCHANGE_RATES, "/fx/latest"),
];

/// A call with this key, put where the terms of the gateway say.
fn call_with(access: &Access, key: &str, uri: &str) -> TestRequest {
    let request = TestRequest::get().uri(uri);
    match access.placement().unwrap() {
        KeyPlacement::Header { name, prefix } => {
            request.insert_header((name.as_str(), format!("{prefix}{key}")))
        }
        KeyPlacement::Query(name) => request.uri(&format!("{uri}&{name}={key}")),
        KeyPlacement::Basic(None) => {
            let encoded = STANDARD.encode(format!("{key}:"));
            request.insert_header(("Authorization", format!("Basic {encoded}")))
        }
        KeyPlacement::Basic(Some(user)) => panic!("{user}"),
    }
}

fn call(access: &Access, uri: &str) -> TestRequest {
    call_with(access, access.key, uri)
}

async fn answers(calls: Vec<TestRequest>, calls_per_second: u32) -> Vec<ServiceResponse> {
    let quota = Data::new(Quota::new(calls_per_second));
    let app = init_service(App::new().app_data(quota).configure(routes)).await;
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call_service(&app, call.to_request()).await);
    }
    answers
}

async fn answer(call: TestRequest) -> (StatusCode, Value) {
    let answer = answers(vec![call], 1_000).await.remove(0);
    assert_eq!(
        answer.headers().get(CONTENT_TYPE).unwrap(),
        "application/json"
    );
    let status = answer.status();
    (
        status,
        serde_json::from_slice(&read_body(answer).await).unwrap(),
    )
}

async fn data(access: &Access, uri: &str) -> Value {
    let (status, body) = answer(call(access, uri)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

async fn refused(call: TestRequest, expected: StatusCode) -> String {
    let (status, body) = answer(call).await;
    assert_eq!(status, expected, "{body}");
    body["error"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn every_service_opens_to_its_own_key_in_its_own_place() {
    for (access, uri) in EVERY_SERVICE {
        let right = answers(vec![call(access, uri)], 10).await.remove(0);
        assert_eq!(right.status(), StatusCode::OK, "{uri}");
        refused(TestRequest::get().uri(uri), StatusCode::UNAUTHORIZED).await;
        let wrong = call_with(access, "udk_wrong", uri);
        refused(wrong, StatusCode::UNAUTHORIZED).await;
        for (other, _) in EVERY_SERVICE {
            if other.key != access.key {
                let theirs = call_with(access, other.key, uri);
                refused(theirs, StatusCode::UNAUTHORIZED).await;
            }
        }
    }
}

#[actix_web::test]
async fn a_forecast_goes_on_by_the_hour_and_is_the_same_when_asked_again() {
    let uri = "/weather/v2/forecast?lat=52.5&lon=13.4&hours=48";
    let (first, again) = (data(&FORECAST, uri).await, data(&FORECAST, uri).await);
    let hourly = |body: &Value| body["hourly"].as_array().unwrap().clone();
    assert_eq!(hourly(&first).len(), 48);
    // The second may be of the next hour.
    let common = hourly(&first)[1].clone();
    assert!(hourly(&again)[..2].contains(&common), "{common}");
    for hour in hourly(&first) {
        let temperature = hour["temperature_c"].as_f64().unwrap();
        assert!((-10.0..=20.0).contains(&temperature), "{hour}");
        assert!(hour["wind_kmh"].as_f64().unwrap() <= 40.0, "{hour}");
        assert!(hour["precipitation_mm"].as_f64().unwrap() <= 6.0, "{hour}");
        assert!(hour["at"].as_str().unwrap().ends_with(":00:00Z"), "{hour}");
    }
    let elsewhere = data(&FORECAST, "/weather/v2/forecast?lat=-33.9&lon=151.2").await;
    assert_ne!(hourly(&elsewhere)[0], hourly(&first)[0]);
}

#[actix_web::test]
async fn a_history_declares_a_unit_for_each_day() {
    let uri = |days| format!("/weather/v2/history?lat=0&lon=0&days={days}");
    for days in [1, MAX_DAYS] {
        let answer = answers(vec![call(&HISTORY, &uri(days))], 10)
            .await
            .remove(0);
        let declared = answer
            .headers()
            .get("UDAM-Units")
            .unwrap()
            .to_str()
            .unwrap();
        assert_eq!(declared, days.to_string());
        let body: Value = serde_json::from_slice(&read_body(answer).await).unwrap();
        assert_eq!(body["at_noon"].as_array().unwrap().len(), usize::from(days));
    }
    for days in [0, MAX_DAYS + 1] {
        refused(call(&HISTORY, &uri(days)), StatusCode::BAD_REQUEST).await;
    }
}

#[actix_web::test]
async fn alerts_come_as_events_and_end() {
    let uri = "/weather/v2/alerts?events=3&every_ms=1";
    let answer = answers(vec![call(&ALERTS, uri)], 10).await.remove(0);
    let content_type = answer.headers().get(CONTENT_TYPE).unwrap();
    assert_eq!(content_type, "text/event-stream");
    let body = to_bytes(answer.into_body()).await.unwrap();
    let text = std::str::from_utf8(&body).unwrap();
    let events: Vec<&str> = text.split_terminator("\n\n").collect();
    assert_eq!(events.len(), 3, "{text}");
    for (event, number) in events.iter().zip(1..) {
        let (head, data) = event.split_once("\ndata: ").unwrap();
        assert_eq!(head, format!("id: {number}\nevent: alert"));
        let data: Value = serde_json::from_str(data).unwrap();
        assert!(
            data["kind"].is_string() && data["area"].is_string(),
            "{data}"
        );
    }
}

#[actix_web::test]
async fn places_are_found_by_name_and_by_where_they_are() {
    let berlin = data(&GEOCODING, "/geo/v1/geocode?q=berlin").await;
    assert_eq!(
        (&berlin["name"], &berlin["country"]),
        (&"Berlin".into(), &"DE".into())
    );
    let nearest = data(&GEOCODING, "/geo/v1/reverse?lat=52&lon=13").await;
    assert_eq!(nearest, berlin);
    // Across the line at which longitudes start anew.
    let east = data(&GEOCODING, "/geo/v1/reverse?lat=-34&lon=-179").await;
    assert_eq!(east["name"], "Sydney");
    let atlantis = call(&GEOCODING, "/geo/v1/geocode?q=Atlantis");
    let message = refused(atlantis, StatusCode::NOT_FOUND).await;
    assert_eq!(message, "there is no such place");
    refused(
        call(&GEOCODING, "/geo/v1/geocode?p=1"),
        StatusCode::BAD_REQUEST,
    )
    .await;
}

#[actix_web::test]
async fn rates_are_of_the_currencies_asked_for() {
    let uri = "/fx/latest?base=EUR&symbols=USD,JPY";
    let body = data(&EXCHANGE_RATES, uri).await;
    let rates = body["rates"].as_object().unwrap();
    assert_eq!(rates.keys().collect::<Vec<_>>(), ["USD", "JPY"]);
    let dollars = rates["USD"].as_f64().unwrap();
    assert!((1.07..=1.11).contains(&dollars), "{body}");
    let all = data(&EXCHANGE_RATES, "/fx/latest").await;
    assert_eq!(all["rates"].as_object().unwrap().len(), 7);
    let unknown = call(&EXCHANGE_RATES, "/fx/latest?base=XXX");
    refused(unknown, StatusCode::NOT_FOUND).await;
}

#[actix_web::test]
async fn what_is_no_place_no_path_or_no_method_is_refused_in_json() {
    let nowhere = call(&FORECAST, "/weather/v2/forecast?lat=91&lon=0");
    refused(nowhere, StatusCode::BAD_REQUEST).await;
    refused(TestRequest::get().uri("/"), StatusCode::NOT_FOUND).await;
    let post = TestRequest::post().uri("/fx/latest");
    let answer = answers(vec![post], 10).await.remove(0);
    assert!(answer.status().is_client_error(), "{}", answer.status());
}

#[actix_web::test]
async fn calls_beyond_the_quota_of_a_second_are_refused() {
    let calls = (0..10)
        .map(|_| call(&EXCHANGE_RATES, "/fx/latest"))
        .collect();
    let answers = answers(calls, 2).await;
    assert_eq!(answers[0].status(), StatusCode::OK);
    let refused: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS)
        .collect();
    assert!(!refused.is_empty());
    assert_eq!(refused[0].headers().get("Retry-After").unwrap(), "1");

    let quota = Quota::new(2);
    let counted: Vec<bool> = [7, 7, 7, 8, 8, 8, 9]
        .map(|second| quota.count(second).is_ok())
        .to_vec();
    assert_eq!(counted, [true, true, false, true, true, false, true]);
}

async fn get(upstream: &Upstream, path: &str, key: &str) -> String {
    let address = upstream.base_url().socket_addrs(|| None).unwrap()[0];
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn the_services_come_back_at_the_port_that_listings_have() {
    let directory = tempfile::tempdir().unwrap();
    let port_file = directory.path().join("port");
    let first = Upstream::start(&port_file).await.unwrap();
    let url = first.base_url().clone();
    let path = "/weather/v2/forecast?lat=1&lon=1&hours=1";
    let answer = get(&first, path, FORECAST.key).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("temperature_c"), "{answer}");

    // While its port is taken, the services listen elsewhere.
    let beside = Upstream::start(&port_file).await.unwrap();
    assert_ne!(*beside.base_url(), url);
    let last = beside.base_url().clone();
    beside.stop().await;
    first.stop().await;
    let again = Upstream::start(&port_file).await.unwrap();
    assert_eq!(*again.base_url(), last);
    again.stop().await;
}
