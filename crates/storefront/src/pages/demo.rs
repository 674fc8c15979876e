//! The demo pages of a development server.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use askama::Template;

use crate::development::{DemoAnswer, DemoContent, DemoPage, DemoRequest};
use crate::error::PageError;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, frame_own_pages, framed, private, see_other};

#[derive(Template)]
#[template(path = "demo.html")]
struct DemoFrame {
    layout: Layout,
    title: String,
    main: String,
}

/// Shows a demo page.
pub(crate) async fn show(mut request: Request) -> PageResult {
    let csrf_cookie = request.issue_csrf_cookie();
    let layout = request.layout();
    let asked = DemoRequest {
        path: request.http.path(),
        csrf: &layout.csrf,
    };
    let answer = demo(&request)?.show(asked).await?;
    let mut response = match answer.ok_or(PageError::NotFound)? {
        DemoAnswer::Page(content) => page(layout, content)?,
        DemoAnswer::Document(html) => framed(html),
    };
    if let Some(cookie) = csrf_cookie {
        cookie.set(&mut response, &request.store)?;
    }
    Ok(response)
}

fn page(layout: Layout, content: DemoContent) -> PageResult {
    let DemoContent {
        title,
        main,
        refresh,
        frames,
    } = content;
    let frame = DemoFrame {
        layout,
        title,
        main,
    };
    let mut response: HttpResponse = private(StatusCode::OK, &frame)?;
    if refresh {
        let in_a_second = HeaderValue::from_static("1");
        response.headers_mut().insert(header::REFRESH, in_a_second);
    }
    if frames {
        frame_own_pages(&mut response);
    }
    Ok(response)
}

/// Handles the form of a demo page, and redirects back to it.
pub(crate) async fn start(request: Request) -> PageResult {
    demo(&request)?.start();
    Ok(see_other(request.http.path()))
}

/// The demo that the pattern of the requested path is of.
fn demo(request: &Request) -> Result<&dyn DemoPage, PageError> {
    let development = request.store.dependencies.development.as_ref();
    let mut pages = development.into_iter().flat_map(|added| &added.pages);
    let pattern = request.http.match_pattern();
    let found = pages.find(|page| {
        let mut paths = page.paths().iter();
        paths.any(|path| pattern.as_deref() == Some(*path))
    });
    found.map(AsRef::as_ref).ok_or(PageError::NotFound)
}

#[cfg(test)]
mod tests {
    use actix_web::http::{StatusCode, header};

    use crate::testing::{DEMO, TestStore};

    #[actix_web::test]
    async fn there_is_no_demo_in_production() {
        let page = TestStore::new().get(DEMO).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        let page = TestStore::new().post_as_visitor(DEMO, "").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    }

    #[actix_web::test]
    async fn the_demo_is_public_in_development() {
        let mut store = TestStore::new();
        store.development = true;
        let page = store.get(DEMO).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.contains("<p>the demo</p>"));
        assert!(!page.headers.contains_key(header::REFRESH));
        let policy = page.headers.get(header::CONTENT_SECURITY_POLICY).unwrap();
        assert!(!policy.to_str().unwrap().contains("frame-src"));
    }

    #[actix_web::test]
    async fn the_demo_s_form_redirects_back_to_it() {
        let mut store = TestStore::new();
        store.development = true;
        let response = store.post_as_visitor(DEMO, "").await;
        assert_eq!(
            (response.status, response.location()),
            (StatusCode::SEE_OTHER, DEMO)
        );
    }

    #[actix_web::test]
    async fn a_document_of_others_runs_no_scripts_and_is_framed_by_us_alone() {
        let store = || TestStore {
            development: true,
            ..TestStore::new()
        };
        let policy = async |path: &str| {
            let page = store().get(path).await;
            assert_eq!(page.status, StatusCode::OK);
            let policy = page.headers.get(header::CONTENT_SECURITY_POLICY).cloned();
            policy.unwrap().to_str().unwrap().to_owned()
        };
        let document = policy("/demo/test/document").await;
        assert!(document.contains("sandbox allow-top-navigation-by-user-activation;"));
        assert!(document.contains("frame-ancestors 'self'"));
        assert!(document.contains("default-src 'none'"));
        let framing = policy("/demo/test/framing").await;
        assert!(framing.contains("frame-src 'self'"));
        assert!(framing.contains("frame-ancestors 'none'"));
        let unknown = store().get("/demo/test/nothing").await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    }
}
