//! Refusal of requests for hosts that are not those of `udam dev`.

use std::sync::Arc;

use actix_web::guard::{GuardContext, fn_guard};
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use udam_dev::Hosts;
use udam_hosting::Routes;
use udam_web::request_id;

/// Routes that take what has another `Host`. A request without one is from no browser.
pub(super) fn refuse_foreign_hosts(hosts: Hosts) -> Routes {
    let hosts = Arc::new(hosts);
    Arc::new(move |app: &mut web::ServiceConfig| {
        let hosts = Arc::clone(&hosts);
        let is_foreign =
            move |context: &GuardContext<'_>| is_foreign(&hosts, context.head().headers());
        app.service(
            web::scope("")
                .guard(fn_guard(is_foreign))
                .default_service(web::to(refuse)),
        );
    })
}

fn is_foreign(hosts: &Hosts, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST);
    host.is_some_and(|host| !host.to_str().is_ok_and(|host| hosts.include(host)))
}

/// A problem as those of the API. Browsers show it as it is.
async fn refuse(request: HttpRequest) -> HttpResponse {
    let host = request.headers().get(header::HOST);
    let host = String::from_utf8_lossy(host.map_or(b"", |host| host.as_bytes()));
    let detail = format!(
        "`udam dev` answers to localhost and to the address that it listens at, not to {host}: any web page could \
         lead a name of its own here, and sign in as anyone. Open it by localhost, or set UDAM_PUBLIC_URL to the \
         address that you use, such as UDAM_PUBLIC_URL=http://{host}"
    );
    HttpResponse::Forbidden()
        .insert_header((header::CONTENT_TYPE, "application/problem+json"))
        .json(json!({
            "type": "urn:udam:problem:forbidden",
            "title": "Forbidden",
            "status": 403,
            "code": "forbidden",
            "detail": detail,
            "request_id": request_id(&request).map(|id| id.to_string()),
        }))
}

#[cfg(test)]
mod tests {
    use actix_web::App;
    use actix_web::http::StatusCode;
    use actix_web::test::{TestRequest, call_service, init_service};

    use super::*;

    #[actix_web::test]
    async fn every_path_is_refused_for_a_foreign_host_and_for_no_other() {
        let guard = refuse_foreign_hosts(Hosts::new("127.0.0.1".parse().unwrap(), None));
        let app = App::new()
            .configure(|app| guard(app))
            .route("/v1/me", web::to(HttpResponse::Ok))
            .default_service(web::to(HttpResponse::NotFound));
        let app = init_service(app).await;
        let status = async |path: &str, host: Option<&[u8]>| {
            let mut request = TestRequest::post().uri(path);
            if let Some(host) = host {
                let host = header::HeaderValue::from_bytes(host).unwrap();
                request = request.insert_header((header::HOST, host));
            }
            call_service(&app, request.to_request()).await.status()
        };
        for host in [None, Some(&b"localhost:8080"[..])] {
            assert_eq!(status("/v1/me", host).await, StatusCode::OK);
            assert_eq!(status("/nowhere", host).await, StatusCode::NOT_FOUND);
        }
        for path in ["/", "/v1/me", "/nowhere"] {
            for host in [&b"attacker.example"[..], b"\xff"] {
                assert_eq!(status(path, Some(host)).await, StatusCode::FORBIDDEN);
            }
        }
    }

    #[actix_web::test]
    async fn the_refusal_says_what_to_do() {
        let request = TestRequest::default()
            .insert_header((header::HOST, "box.lan:8080"))
            .to_http_request();
        let body = refuse(request).await.into_body();
        let body = actix_web::body::to_bytes(body).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(
            text.contains("set UDAM_PUBLIC_URL to the address that you use"),
            "{text}"
        );
        assert!(
            text.contains("UDAM_PUBLIC_URL=http://box.lan:8080"),
            "{text}"
        );
    }
}
