//! Changing the units of a listing, and moving it between its states.

use actix_web::http::StatusCode;
use udam_domain::EditListingError;
use udam_domain::listing::{Change, ListingEdit, ListingState, StockChange};
use udam_domain::marketplace::ChangeListingError;
use udam_domain::units::Stock;

use super::{edit, edit_path, own_listing};
use crate::error::PageError;
use crate::form::Form;
use crate::format;
use crate::request::Request;
use crate::response::{PageResult, see_other};

/// Adds units to a listing.
pub(crate) async fn add(request: Request) -> PageResult {
    change(request, "add_units", "added", |form| {
        read(form).map(StockChange::Add)
    })
    .await
}

/// Sets the number of units that are on sale, which may be fewer than now. Units held and sold stay as they are.
pub(crate) async fn set(request: Request) -> PageResult {
    change(request, "available_units", "stock", |form| {
        form.read("available_units").map(StockChange::Set)
    })
    .await
}

/// Changes the stock as the field says, and redirects to the listing with the code of a message.
async fn change(
    mut request: Request,
    field: &'static str,
    done: &'static str,
    read: fn(&mut Form) -> Option<StockChange>,
) -> PageResult {
    const UNPROCESSABLE: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

    let listing = own_listing(&request).await?;
    let mut form = std::mem::take(&mut request.form);
    let Some(stock) = read(&mut form) else {
        return edit::page(&request, &listing, UNPROCESSABLE, None, form);
    };
    let edit = ListingEdit {
        stock,
        ..ListingEdit::default()
    };
    let catalogue = &request.marketplace().catalogue;
    let added = catalogue.edit(request.actor()?, listing.id, edit);
    match added.await {
        Ok(listing) => Ok(see_other(&request.with_flash(&edit_path(listing.id), done))),
        Err(ChangeListingError::Edit(EditListingError::TooManyUnits(_))) => {
            let most = format::count(Stock::MAX);
            let rule = format!("must be fewer: a listing holds {most} units at most");
            form.add_error(field, rule);
            edit::page(&request, &listing, UNPROCESSABLE, None, form)
        }
        Err(error) => Err(error.into()),
    }
}

fn read(form: &mut Form) -> Option<Stock> {
    form.read_as("add_units", |text| {
        let more = text.trim().parse::<Stock>();
        let more = more.map_err(|rule| rule.to_string())?;
        if more.is_empty() {
            Err("must be at least 1".to_owned())
        } else {
            Ok(more)
        }
    })
}

/// Puts a listing on sale, pauses it or archives it.
pub(crate) async fn set_status(request: Request) -> PageResult {
    let listing = own_listing(&request).await?;
    // The value comes from a button, never from a text field.
    let state = request.form.value("status").parse::<ListingState>();
    let state = state.map_err(|_unknown| PageError::BadRequest)?;
    let edit = ListingEdit {
        state: Change::To(state),
        ..ListingEdit::default()
    };
    edit::change(&request, &listing, edit, state.into()).await
}
