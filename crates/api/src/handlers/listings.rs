use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use udam_domain::id::ListingId;
use udam_domain::listing::CatalogueQuery;

use super::{Answer, created, ok};
use crate::call::Call;
use crate::problem::Problem;
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
pub(crate) async fn search_listings(call: Call) -> Answer {
    let query: CatalogueQuery = call.query()?;
    let sort = query.sort;
    let page = call.marketplace().catalogue.search(query).await?;
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
pub(crate) async fn find_listing(call: Call) -> Answer {
    let id: ListingId = call.id()?;
    let listing = call
        .marketplace()
        .catalogue
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
pub(crate) async fn publish_listing(mut call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let body: PublishListingBody = call.body()?;
    let catalogue = &call.marketplace().catalogue;
    let listing = catalogue.publish(signed_in.account.id, body.into()).await?;
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
pub(crate) async fn edit_listing(mut call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let id: ListingId = call.id()?;
    let body: EditListingBody = call.body()?;
    let catalogue = &call.marketplace().catalogue;
    let listing = catalogue
        .edit(&signed_in, &call.origin(), id, body.into())
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
pub(crate) async fn list_own_listings(call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let page = call.page()?;
    let page = call
        .marketplace()
        .catalogue
        .of_seller(signed_in.account.id, page)
        .await?;
    Ok(ok(&PageResponse::new(page, (), OwnListingResponse::from)))
}
