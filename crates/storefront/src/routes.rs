//! Which page answers which path. It is the one list.

use std::future::Future;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, Resource, Route, guard, web};

use crate::error::PageError;
use crate::layout::Layout;
use crate::pages::selling::{archive, edit, listings, publish, refund, sales, stock};
use crate::pages::tokens::{reveal, revoke};
use crate::pages::{
    account, auth, buying, catalogue, feeds, listing, orders, paying, race, tab, tokens,
};
use crate::premises::Pace;
use crate::request::Request;
use crate::response::{PageResult, secure};
use crate::{Storefront, assets, error_page};

/// Registers every page.
pub(crate) fn register(app: &mut web::ServiceConfig, store: &web::Data<Storefront>) {
    app.app_data(store.clone());
    let pages = everybody_s().into_iter().chain(buyers()).chain(sellers());
    let pages = pages.chain(entrance()).chain(account());
    for page in pages.chain(demonstrations(store)) {
        app.service(page.resource());
    }
    app.service(file("/assets/{name}").to(asset));
    app.service(file("/favicon.ico").to(favicon));
}

fn everybody_s() -> Vec<Page> {
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
        Page::at("/listings/{id}/buy").post(buying::buy),
        Page::at("/orders").get(orders::list),
        Page::at("/orders/{id}").get(orders::show),
        Page::at("/orders/{id}/cancel").post(orders::cancel),
        Page::at("/orders/{id}/pay").post(paying::pay),
        Page::at("/orders/{id}/paid").get(paying::paid),
        Page::at("/tokens").get(tokens::list),
        Page::at("/tokens/{id}").get(tokens::show),
        Page::at("/tokens/{id}/reveal")
            .get(reveal::show)
            .post(reveal::reveal),
        Page::at("/tokens/{id}/revoke")
            .get(revoke::confirm)
            .post(revoke::revoke),
        Page::at("/tab").get(tab::show),
        Page::at("/tab/settle").post(tab::settle),
    ]
}

/// What is not there for anybody but whoever tries things out.
fn demonstrations(store: &Storefront) -> Option<Page> {
    let race = || Page::at("/demo/race").get(race::show).post(race::start);
    store.in_development().then(race)
}

fn sellers() -> Vec<Page> {
    vec![
        Page::at("/sell").get(publish::show).post(publish::publish),
        Page::at("/my/listings").get(listings::show),
        Page::at("/my/listings/{id}")
            .get(edit::show)
            .post(edit::save),
        Page::at("/my/listings/{id}/units").post(stock::add),
        Page::at("/my/listings/{id}/status").post(stock::set_status),
        Page::at("/my/listings/{id}/archive").get(archive::confirm),
        Page::at("/my/sales").get(sales::show),
        Page::at("/orders/{id}/refund")
            .get(refund::confirm)
            .post(refund::refund),
    ]
}

fn entrance() -> Vec<Page> {
    vec![
        Page::at("/register")
            .paced(Pace::Credentials)
            .get(auth::register::show)
            .post(auth::register::submit),
        Page::at("/login")
            .paced(Pace::Credentials)
            .get(auth::log_in::show)
            .post(auth::log_in::submit),
        Page::at("/logout").post(auth::log_out),
    ]
}

fn account() -> Vec<Page> {
    vec![
        Page::at("/account").get(account::show),
        Page::at("/account/password")
            .paced(Pace::Credentials)
            .post(account::password::change),
        Page::at("/account/sessions/{id}/end").post(account::sessions::end),
        Page::at("/account/sessions/end-all").post(account::sessions::end_all),
    ]
}

/// A path, and what answers on it.
struct Page {
    path: &'static str,
    pace: Pace,
    methods: Vec<&'static str>,
    routes: Vec<Route>,
}

impl Page {
    const fn at(path: &'static str) -> Self {
        Self {
            path,
            pace: Pace::General,
            methods: Vec::new(),
            routes: Vec::new(),
        }
    }

    /// Has forms admitted at another pace.
    fn paced(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Answers those who look.
    fn get<F: Future<Output = PageResult> + 'static>(mut self, page: fn(Request) -> F) -> Self {
        let reads = guard::Any(guard::Get()).or(guard::Head());
        let answer = move |store: web::Data<Storefront>, request: HttpRequest| async move {
            let visit = Request::from_get(store.clone(), request).await;
            finish(&store, visit, page).await
        };
        self.routes.push(web::route().guard(reads).to(answer));
        self.methods.extend(["GET", "HEAD"]);
        self
    }

    /// Answers those who send a form.
    fn post<F: Future<Output = PageResult> + 'static>(mut self, page: fn(Request) -> F) -> Self {
        let allowed = self.pace;
        let answer = move |store: web::Data<Storefront>,
                           request: HttpRequest,
                           body: web::Payload| async move {
            let visit = Request::from_post(store.clone(), request, body, allowed).await;
            finish(&store, visit, page).await
        };
        self.routes.push(web::method(Method::POST).to(answer));
        self.methods.push("POST");
        self
    }

    fn resource(self) -> Resource {
        let methods = self.methods.join(", ");
        let refuse = move |store: web::Data<Storefront>| {
            let methods = methods.clone();
            async move { lost(&store, &PageError::MethodNotAllowed(methods)) }
        };
        let resource = web::resource(self.path).default_service(web::to(refuse));
        self.routes.into_iter().fold(resource, Resource::route)
    }
}

/// Makes the page, or one that says why there is none.
async fn finish<F: Future<Output = PageResult>>(
    store: &Storefront,
    visit: Result<Request, PageError>,
    page: fn(Request) -> F,
) -> HttpResponse {
    let visit = match visit {
        Ok(visit) => visit,
        Err(error) => return lost(store, &error),
    };
    let layout = visit.layout();
    let mut answer = match page(visit).await {
        Ok(answer) => answer,
        Err(error) => error_page::respond(&error, layout),
    };
    secure(&mut answer, store.settings.stage);
    answer
}

/// Tells of trouble whoever was not let in.
fn lost(store: &Storefront, error: &PageError) -> HttpResponse {
    let layout = Layout {
        dev: store.in_development(),
        account_unknown: true,
        ..Layout::default()
    };
    let mut answer = error_page::respond(error, layout);
    secure(&mut answer, store.settings.stage);
    answer
}

/// A file, for those who look at it or ask what it is.
fn file(path: &str) -> Resource {
    web::resource(path).guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// What browsers ask for where no page has told them of the icon.
async fn favicon(store: web::Data<Storefront>) -> HttpResponse {
    let mut answer = assets::ICON.cached_for_a_day();
    secure(&mut answer, store.settings.stage);
    answer
}

async fn asset(store: web::Data<Storefront>, request: HttpRequest) -> HttpResponse {
    let Some(asset) = assets::find(request.path()) else {
        return lost(&store, &PageError::NotFound);
    };
    let mut answer = asset.immutable();
    secure(&mut answer, store.settings.stage);
    answer
}

/// The page of every path that nothing is at.
#[must_use]
pub fn unknown_path(store: &Storefront) -> HttpResponse {
    lost(store, &PageError::NotFound)
}
