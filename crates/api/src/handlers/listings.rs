use actix_web::HttpResponse;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, HeaderValue};
use udam_domain::id::ListingId;
use udam_domain::listing::{ApiKey, CatalogueQuery, ListingEdit};
use udam_domain::marketplace::PublishListing;

use super::{Answer, created, ok};
use crate::problem::Problem;
use crate::request_context::RequestContext;
use crate::wire::{
    CatalogueParams, EditListingBody, ListingResponse, MeasuredListingResponse,
    OwnListingPageParams, OwnListingResponse, PageResponse, PublishListingBody, schemas,
};

/// Makes a response cacheable for anyone, with revalidation: the units left change by the second.
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
    let is_known = context.request.headers().contains_key(AUTHORIZATION);
    let listings = context.marketplace().readers.listings_for(is_known);
    let page = listings.search(query).await?;
    Ok(public(ok(&PageResponse::new(page, sort, |listing| {
        ListingResponse::new(listing, |id| context.gateway_address(id))
    }))))
}

/// Get a listing
///
/// In any status. The API key is not part of it. What is sold through the gateway has its measured quality.
#[utoipa::path(
    get,
    path = "/v1/listings/{id}",
    tag = "Listings",
    params(("id" = schemas::ListingId, Path, description = "Id of the listing")),
    responses((status = 200, description = "The listing", body = MeasuredListingResponse)),
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
    let quality = &context.api.quality;
    let quality = quality.of(context.marketplace(), &listing).await?;
    let listing = ListingResponse::new(listing, |id| context.gateway_address(id));
    Ok(public(ok(&MeasuredListingResponse::new(listing, quality))))
}

/// Publish a listing
///
/// Puts units on sale. The API key is encrypted at once; only buyers can read it or, with an `access` of `gateway`,
/// nobody. A new account publishes a limited number of listings a day.
#[utoipa::path(
    post,
    path = "/v1/listings",
    tag = "Listings",
    security(("session" = [])),
    request_body = PublishListingBody,
    responses((status = 201, description = "The listing, on sale", body = ListingResponse)),
    extensions(("x-problems" = json!(["email_unverified", "suspended", "name_taken", "too_many_listings"]))),
)]
pub(crate) async fn publish_listing(mut context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let request: PublishListing = context.body()?;
    let catalogue = &context.marketplace().catalogue;
    let listing = catalogue
        .publish(context.actor(&signed_in), request)
        .await?;
    Ok(created(&ListingResponse::new(listing, |id| {
        context.gateway_address(id)
    })))
}

/// Edit a listing
///
/// Fields that are left out keep their values. Units sold meanwhile stay sold.
#[utoipa::path(
    patch,
    path = "/v1/listings/{id}",
    tag = "Listings",
    security(("session" = [])),
    params(("id" = schemas::ListingId, Path, description = "Id of the listing")),
    request_body(content = EditListingBody, example = json!({
        "description": "Forecasts for every place on earth, every ten minutes.", "add_units": 500, "status": "active",
    })),
    responses((status = 200, description = "The listing as it is now", body = ListingResponse)),
    extensions(("x-problems" = json!(["forbidden"]))),
)]
pub(crate) async fn edit_listing(mut context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let id: ListingId = context.id()?;
    let edit: ListingEdit<ApiKey> = context.body()?;
    let catalogue = &context.marketplace().catalogue;
    let listing = catalogue.edit(context.actor(&signed_in), id, edit).await?;
    Ok(ok(&ListingResponse::new(listing, |id| {
        context.gateway_address(id)
    })))
}

/// List your listings
///
/// In any status, the newest first, with units sold and revenue.
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
    Ok(ok(&PageResponse::new(page, (), |own| {
        OwnListingResponse::new(own, |id| context.gateway_address(id))
    })))
}
