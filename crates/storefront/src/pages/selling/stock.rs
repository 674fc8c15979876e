//! Adding units, and putting a listing on sale or off it.

use actix_web::http::StatusCode;
use udam_domain::EditListingError;
use udam_domain::listing::{Change, ListingEdit, ListingState, StockChange};
use udam_domain::marketplace::ChangeListingError;
use udam_domain::units::Stock;

use super::{address, edit, own_listing};
use crate::answer::{Answer, see_other};
use crate::form::Form;
use crate::trouble::Trouble;
use crate::visit::Visit;
use crate::words;

/// Adds units to a listing.
pub(crate) async fn add(mut visit: Visit) -> Answer {
    const UNPROCESSABLE: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

    let listing = own_listing(&visit).await?;
    let mut form = std::mem::take(&mut visit.form);
    let Some(more) = read(&mut form) else {
        return edit::page(&visit, &listing, UNPROCESSABLE, None, form);
    };
    let request = ListingEdit {
        stock: StockChange::Add(more),
        ..ListingEdit::default()
    };
    let catalogue = &visit.marketplace().catalogue;
    let origin = visit.origin();
    let added = catalogue.edit(visit.account()?, &origin, listing.id, request);
    match added.await {
        Ok(listing) => Ok(see_other(&visit.having_done(&address(listing.id), "added"))),
        Err(ChangeListingError::Edit(EditListingError::TooManyUnits(_))) => {
            let most = words::count(Stock::MAX);
            let rule = format!("must be fewer: a listing holds {most} units at most");
            form.refuse("add_units", rule);
            edit::page(&visit, &listing, UNPROCESSABLE, None, form)
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
pub(crate) async fn move_to(visit: Visit) -> Answer {
    let listing = own_listing(&visit).await?;
    // It comes from a button, not from what somebody types.
    let state = ListingState::named(visit.form.value("status")).ok_or(Trouble::Unreadable)?;
    let request = ListingEdit {
        state: Change::To(state),
        ..ListingEdit::default()
    };
    edit::change(&visit, &listing, request, state.as_str()).await
}
