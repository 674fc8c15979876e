//! The demo page of a development server.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use askama::Template;

use crate::development::{DemoContent, Development};
use crate::error::PageError;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

#[derive(Template)]
#[template(path = "demo.html")]
struct DemoFrame {
    layout: Layout,
    title: String,
    main: String,
}

/// Shows the demo page.
pub(crate) async fn show(mut request: Request) -> PageResult {
    let csrf_cookie = request.issue_csrf_cookie();
    let layout = request.layout();
    let DemoContent {
        title,
        main,
        refresh,
    } = development(&request)?.demo.show(&layout.csrf).await?;
    let frame = DemoFrame {
        layout,
        title,
        main,
    };
    let mut response = private(StatusCode::OK, &frame)?;
    if refresh {
        let in_a_second = HeaderValue::from_static("1");
        response.headers_mut().insert(header::REFRESH, in_a_second);
    }
    if let Some(cookie) = csrf_cookie {
        cookie.set(&mut response, &request.store)?;
    }
    Ok(response)
}

/// Handles the demo's form, and redirects back to it.
pub(crate) async fn start(request: Request) -> PageResult {
    development(&request)?.demo.start();
    Ok(see_other(request.http.path()))
}

fn development(request: &Request) -> Result<&Development, PageError> {
    let development = request.store.dependencies.development.as_ref();
    development.ok_or(PageError::NotFound)
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
}
