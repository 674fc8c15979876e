use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use udam_domain::id::ListingId;
use udam_domain::listing::CatalogueQuery;

use super::{Answer, created, ok};
use crate::problem::Problem;
use crate::request_context::RequestContext;
use crate::wire::{
    CatalogueParams, EditListingBody, ListingResponse, OwnListingPageParams, OwnListingResponse,
    PageResponse, PublishListingBody, schemas,
};

/// Anyone may keep it, but has to ask whether it still holds: units sell by the second.
fn public(mut answer: HttpResponse) -> HttpResponse {
    let revalidate = HeaderValue::from_static("no-cache");
    answer.headers_mut().insert(CACHE_CONTROL, revalidate);
    answer
}

/// Search the catalogue
///
/// Listings on sale, sold out or not.
#[utoipa::path(
    get,
    path = "/v1/listings",
    tag = "Listings",
    params(CatalogueParams),
    responses((status = 200, description = "A page of listings", body = PageResponse<ListingResponse>)),
)]
pub(crate) async fn search_listings(context: RequestContext) -> Answer {
    let query: CatalogueQuery = context.query()?;
    let sort = query.sort;
    let page = context.marketplace().readers.listings.search(query).await?;
    Ok(public(ok(&PageResponse::new(
        page,
        sort,
        ListingResponse::from,
    ))))
}

/// Look at a listing
///
/// Whatever its status. The key that it opens is no part of it.
#[utoipa::path(
    get,
    path = "/v1/listings/{id}",
    tag = "Listings",
    params(("id" = schemas::ListingId, Path, description = "Which listing")),
    responses((status = 200, description = "The listing", body = ListingResponse)),
)]
pub(crate) async fn find_listing(context: RequestContext) -> Answer {
    let id: ListingId = context.id()?;
    let listing = context
        .marketplace()
        .readers
        .listings
        .find(id)
        .await?
        .ok_or(Problem::NotFound)?;
    Ok(public(ok(&ListingResponse::from(listing))))
}

/// Publish a listing
///
/// Puts units on sale. The key is sealed at once, and nobody sees it but those who buy.
#[utoipa::path(
    post,
    path = "/v1/listings",
    tag = "Listings",
    security(("session" = [])),
    request_body = PublishListingBody,
    responses((status = 201, description = "The listing, on sale", body = ListingResponse)),
)]
pub(crate) async fn publish_listing(mut context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let body: PublishListingBody = context.body()?;
    let catalogue = &context.marketplace().catalogue;
    let listing = catalogue
        .publish(context.actor(&signed_in), body.into())
        .await?;
    Ok(created(&ListingResponse::from(listing)))
}

/// Change a listing of yours
///
/// What is left out stays as it is. Units sold meanwhile stay sold.
#[utoipa::path(
    patch,
    path = "/v1/listings/{id}",
    tag = "Listings",
    security(("session" = [])),
    params(("id" = schemas::ListingId, Path, description = "Which listing")),
    request_body(content = EditListingBody, example = json!({
        "price_per_unit": "2.00", "add_units": 500, "status": "active",
    })),
    responses((status = 200, description = "The listing as it is now", body = ListingResponse)),
    extensions(("x-problems" = json!(["forbidden"]))),
)]
pub(crate) async fn edit_listing(mut context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let id: ListingId = context.id()?;
    let body: EditListingBody = context.body()?;
    let catalogue = &context.marketplace().catalogue;
    let listing = catalogue
        .edit(context.actor(&signed_in), id, body.into())
        .await?;
    Ok(ok(&ListingResponse::from(listing)))
}

/// List your listings
///
/// Whatever their status, the newest first, with what they have sold.
#[utoipa::path(
    get,
    path = "/v1/me/listings",
    tag = "Listings",
    security(("session" = [])),
    params(OwnListingPageParams),
    responses(
        (status = 200, description = "A page of your listings", body = PageResponse<OwnListingResponse>),
    ),
)]
pub(crate) async fn list_own_listings(context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let page = context.page()?;
    let page = context
        .marketplace()
        .readers
        .listings
        .of_seller(signed_in.account.id, page)
        .await?;
    Ok(ok(&PageResponse::new(page, (), OwnListingResponse::from)))
}
