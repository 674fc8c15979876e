//! The list of all pages: path, methods, rate limit and handler.

use std::future::Future;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, Resource, Route, guard, web};
use udam_web::RateLimitClass;

use crate::error::PageError;
use crate::layout::Layout;
use crate::pages::selling::{archive, calls, edit, listings, publish, refund, sales, stock};
use crate::pages::tokens::{keys, reveal, revoke};
use crate::pages::{
    account, administration, auth, buying, catalogue, complaining, demo, feeds, listing, orders,
    paying, tab, tokens, unsubscribing,
};
use crate::request::Request;
use crate::response::{PageResult, secure};
use crate::storefront::Storefront;
use crate::{assets, error_page};

/// Registers every page.
pub(crate) fn register(app: &mut web::ServiceConfig, store: &web::Data<Storefront>) {
    app.app_data(store.clone());
    let pages = public().into_iter().chain(buyers()).chain(sellers());
    let pages = pages.chain(authentication()).chain(own_account());
    let pages = pages.chain(operators());
    for page in pages.chain(demonstrations(store)) {
        app.service(page.resource());
    }
    app.service(file("/assets/{name}").to(asset));
    app.service(file("/favicon.ico").to(favicon));
}

fn public() -> Vec<Page> {
    vec![
        Page::at("/").get(catalogue::show),
        Page::at("/listings/{id}").get(listing::show),
        Page::at("/robots.txt").get(feeds::robots),
        Page::at("/sitemap.xml").get(feeds::sitemap::show),
        Page::at("/feed.xml").get(feeds::atom::show),
        Page::at("/llms.txt").get(feeds::llms),
    ]
}

fn buyers() -> Vec<Page> {
    vec![
        Page::at("/listings/{id}/buy")
            .get(buying::log_in)
            .post(buying::buy),
        Page::at("/orders").get(orders::list),
        Page::at("/orders/{id}").get(orders::show),
        Page::at("/orders/{id}/cancel").post(orders::cancel),
        Page::at("/orders/{id}/complaint").post(complaining::send),
        Page::at("/orders/{id}/pay").post(paying::pay),
        Page::at("/orders/{id}/paid").get(paying::paid),
        Page::at("/tokens").get(tokens::list),
        Page::at("/tokens/{id}").get(tokens::show),
        Page::at("/tokens/{id}/reveal")
            .get(reveal::show)
            .post(reveal::reveal),
        Page::at("/tokens/{id}/keys")
            .get(reveal::show)
            .post(keys::issue),
        Page::at("/tokens/{id}/keys/{key_id}/delete").post(keys::delete),
        Page::at("/tokens/{id}/revoke")
            .get(revoke::confirm)
            .post(revoke::revoke),
        Page::at("/tab").get(tab::show),
        Page::at("/tab/settle").post(tab::pay),
        Page::at("/tab/payments").get(tab::payments::list),
        Page::at("/tab/payments/{id}").get(tab::payments::show),
        Page::at("/tab/payments/{id}/paid").get(tab::paid::show),
    ]
}

/// The pages that a development server adds.
fn demonstrations(store: &Storefront) -> Vec<Page> {
    let development = store.dependencies.development.as_ref();
    let added = development.into_iter().flat_map(|added| &added.pages);
    let paths = added.map(|page| page.paths());
    let mut pages = Vec::new();
    for (place, path) in paths.flat_map(|paths| paths.iter().enumerate()) {
        let page = Page::at(path).get(demo::show);
        pages.push(if place == 0 {
            page.post(demo::start)
        } else {
            page
        });
    }
    pages
}

fn sellers() -> Vec<Page> {
    vec![
        Page::at("/sell").get(publish::show).post(publish::publish),
        Page::at("/my/listings").get(listings::show),
        Page::at("/my/listings/{id}")
            .get(edit::show)
            .post(edit::save),
        Page::at("/my/listings/{id}/units").post(stock::add),
        Page::at("/my/listings/{id}/stock").post(stock::set),
        Page::at("/my/listings/{id}/status").post(stock::set_status),
        Page::at("/my/listings/{id}/archive").get(archive::confirm),
        Page::at("/my/listings/{id}/calls").get(calls::show),
        Page::at("/my/listings/{id}/probe")
            .limited(RateLimitClass::Outbound)
            .get(calls::show_probe)
            .post(calls::probe),
        Page::at("/my/sales").get(sales::show),
        Page::at("/my/sales.csv").get(sales::csv),
        Page::at("/orders/{id}/refund")
            .get(refund::confirm)
            .post(refund::refund),
    ]
}

fn authentication() -> Vec<Page> {
    vec![
        Page::at("/register")
            .limited(RateLimitClass::Credentials)
            .get(auth::register::show)
            .post(auth::register::submit),
        Page::at("/login")
            .limited(RateLimitClass::Credentials)
            .get(auth::log_in::show)
            .post(auth::log_in::submit),
        Page::at("/login/second-factor")
            .limited(RateLimitClass::Credentials)
            .get(auth::second_factor::show)
            .post(auth::second_factor::submit),
        Page::at("/step-up")
            .limited(RateLimitClass::Credentials)
            .get(auth::step_up::show)
            .post(auth::step_up::submit),
        Page::at("/logout").post(auth::log_out),
        Page::at("/forgot-password")
            .limited(RateLimitClass::Credentials)
            .get(auth::forgot_password::show)
            .post(auth::forgot_password::submit),
        Page::at("/reset-password")
            .limited(RateLimitClass::Credentials)
            .get(auth::reset_password::show)
            .post(auth::reset_password::submit),
        Page::at("/unsubscribe")
            .get(unsubscribing::show)
            .post_by_secret_link(unsubscribing::submit),
        Page::at("/verify-email")
            .limited(RateLimitClass::Credentials)
            .get(auth::verify_email::show)
            .post(auth::verify_email::submit),
    ]
}

fn own_account() -> Vec<Page> {
    vec![
        Page::at("/account").get(account::show),
        Page::at("/account/activity").get(account::activity::show),
        Page::at("/account/email")
            .limited(RateLimitClass::Credentials)
            .post(account::email::change),
        Page::at("/account/email/verify")
            .limited(RateLimitClass::Credentials)
            .post(account::email::send_again),
        Page::at("/account/delete")
            .limited(RateLimitClass::Credentials)
            .get(account::deletion::confirm)
            .post(account::deletion::delete),
        Page::at("/account/export").get(account::deletion::export_data),
        Page::at("/account/mail").post(account::mail::change),
        Page::at("/account/name").post(account::name::change),
        Page::at("/account/password")
            .limited(RateLimitClass::Credentials)
            .post(account::password::change),
        Page::at("/account/second-factor")
            .limited(RateLimitClass::Credentials)
            .get(account::second_factor::show)
            .post(account::second_factor::begin),
        Page::at("/account/second-factor/confirm")
            .limited(RateLimitClass::Credentials)
            .get(account::second_factor::show)
            .post(account::second_factor::confirm),
        Page::at("/account/second-factor/remove").post(account::second_factor::remove),
        Page::at("/account/recovery-codes").post(account::second_factor::replace_codes),
        Page::at("/account/api-keys")
            .get(account::api_keys::show)
            .post(account::api_keys::make),
        Page::at("/account/api-keys/{id}/revoke").post(account::api_keys::revoke),
        Page::at("/account/sessions/{id}/end").post(account::sessions::end),
        Page::at("/account/sessions/end-all").post(account::sessions::end_all),
    ]
}

fn operators() -> Vec<Page> {
    vec![
        Page::at("/admin").get(administration::search::show),
        Page::at("/admin/orders/{id}").get(administration::order::show),
        Page::at("/admin/orders/{id}/refund").post(administration::order::refund),
        Page::at("/admin/accounts/{id}").get(administration::account::show),
        Page::at("/admin/accounts/{id}/suspend").post(administration::account::suspend),
        Page::at("/admin/accounts/{id}/restore").post(administration::account::restore),
        Page::at("/admin/listings/{id}").get(administration::listing::show),
        Page::at("/admin/listings/{id}/suspend").post(administration::listing::suspend),
        Page::at("/admin/listings/{id}/restore").post(administration::listing::restore),
        Page::at("/admin/alerts").get(administration::alerts::list),
        Page::at("/admin/alerts/{number}").get(administration::alerts::show),
        Page::at("/admin/alerts/{number}/resolve").post(administration::alerts::resolve),
        Page::at("/admin/webhooks").get(administration::webhooks::list),
        Page::at("/admin/webhooks/replay").post(administration::webhooks::replay_period),
        Page::at("/admin/webhooks/{id}").get(administration::webhooks::show),
        Page::at("/admin/webhooks/{id}/replay").post(administration::webhooks::replay),
        Page::at("/admin/audit").get(administration::audit::show),
    ]
}

/// A path with its handlers.
struct Page {
    path: &'static str,
    class: RateLimitClass,
    methods: Vec<&'static str>,
    routes: Vec<Route>,
}

impl Page {
    const fn at(path: &'static str) -> Self {
        Self {
            path,
            class: RateLimitClass::General,
            methods: Vec::new(),
            routes: Vec::new(),
        }
    }

    /// Sets the rate limit of its forms. Call before [`post`](Self::post).
    fn limited(mut self, class: RateLimitClass) -> Self {
        self.class = class;
        self
    }

    /// Handles `GET` and `HEAD`.
    fn get<F: Future<Output = PageResult> + 'static>(mut self, page: fn(Request) -> F) -> Self {
        let reads = guard::Any(guard::Get()).or(guard::Head());
        let respond = move |store: web::Data<Storefront>, request: HttpRequest| async move {
            let received = Request::from_get(store.clone(), request).await;
            finish(&store, received, page).await
        };
        self.routes.push(web::route().guard(reads).to(respond));
        self.methods.extend(["GET", "HEAD"]);
        self
    }

    /// Handles `POST` of a form.
    fn post<F: Future<Output = PageResult> + 'static>(mut self, page: fn(Request) -> F) -> Self {
        let class = self.class;
        let respond = move |store: web::Data<Storefront>,
                            request: HttpRequest,
                            body: web::Payload| async move {
            let received = Request::from_post(store.clone(), request, body, class).await;
            finish(&store, received, page).await
        };
        self.routes.push(web::method(Method::POST).to(respond));
        self.methods.push("POST");
        self
    }

    /// Handles `POST` by whoever has the secret in the address, without a session.
    fn post_by_secret_link<F: Future<Output = PageResult> + 'static>(
        mut self,
        page: fn(Request) -> F,
    ) -> Self {
        let class = self.class;
        let respond = move |store: web::Data<Storefront>,
                            request: HttpRequest,
                            body: web::Payload| async move {
            let received = Request::from_secret_link(store.clone(), request, body, class).await;
            finish(&store, received, page).await
        };
        self.routes.push(web::method(Method::POST).to(respond));
        self.methods.push("POST");
        self
    }

    fn resource(self) -> Resource {
        let methods = self.methods.join(", ");
        let not_allowed = move |store: web::Data<Storefront>| {
            let methods = methods.clone();
            async move { refuse(&store, &PageError::MethodNotAllowed(methods)) }
        };
        let resource = web::resource(self.path).default_service(web::to(not_allowed));
        self.routes.into_iter().fold(resource, Resource::route)
    }
}

/// Renders the page, or the error page.
async fn finish<F: Future<Output = PageResult>>(
    store: &Storefront,
    received: Result<Request, PageError>,
    page: fn(Request) -> F,
) -> HttpResponse {
    let request = match received {
        Ok(request) => request,
        Err(error) => return refuse(store, &error),
    };
    let layout = request.layout();
    let mut response = match page(request).await {
        Ok(response) => response,
        Err(error) => error_page::respond(&error, layout),
    };
    secure(&mut response);
    response
}

/// Renders the error page of a request that was not admitted.
fn refuse(store: &Storefront, error: &PageError) -> HttpResponse {
    let layout = Layout {
        development: store.development_texts(),
        account_unknown: true,
        ..Layout::default()
    };
    let mut response = error_page::respond(error, layout);
    secure(&mut response);
    response
}

/// A file, for `GET` and `HEAD`.
fn file(path: &str) -> Resource {
    web::resource(path).guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// Browsers ask for it on pages that are not ours.
async fn favicon() -> HttpResponse {
    let mut response = assets::ICON.cached_for_a_day();
    secure(&mut response);
    response
}

async fn asset(store: web::Data<Storefront>, request: HttpRequest) -> HttpResponse {
    let Some(asset) = assets::find(request.path()) else {
        return refuse(&store, &PageError::NotFound);
    };
    let mut response = asset.immutable();
    secure(&mut response);
    response
}

/// The error page of an unknown path, for clients that prefer HTML over a JSON problem.
#[must_use]
pub fn unknown_path(store: &Storefront) -> HttpResponse {
    refuse(store, &PageError::NotFound)
}
