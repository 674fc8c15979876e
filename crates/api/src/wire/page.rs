use serde::Serialize;
use udam_domain::page::Page;
use udam_web::cursor::{self, Position};
use utoipa::{IntoParams, ToSchema};

use super::schemas;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageResponse<T: ToSchema> {
    /// The items, in the list's order.
    data: Vec<T>,
    /// The `cursor` of the next page; `null` on the last one.
    #[schema(required = true, example = json!(null))]
    next_cursor: Option<String>,
}

impl<T: ToSchema> PageResponse<T> {
    /// A page whose items are converted by `spell`.
    pub(crate) fn new<I, P: Position>(
        page: Page<I, P>,
        order: P::Order,
        spell: impl FnMut(I) -> T,
    ) -> Self {
        let next_cursor = cursor::next(&page, order);
        Self {
            data: page.items.into_iter().map(spell).collect(),
            next_cursor,
        }
    }
}

/// Describes what `paging::page` reads, for lists with cursors of this kind.
macro_rules! page_params {
    ($($name:ident, $cursor:ident;)*) => {$(
        /// Parameters of a page.
        #[derive(IntoParams)]
        #[into_params(parameter_in = Query)]
        #[expect(dead_code, reason = "it only describes")]
        pub(crate) struct $name {
            /// Largest number of items.
            #[param(value_type = schemas::PageLimit, required = false)]
            limit: i64,
            /// `next_cursor` of the page before.
            #[param(value_type = schemas::$cursor, required = false)]
            cursor: String,
        }
    )*};
}

page_params! {
    AuditPageParams, AuditCursor;
    CallPageParams, CallCursor;
    ChargePageParams, ChargeCursor;
    OwnListingPageParams, OwnListingCursor;
    OrderPageParams, OrderCursor;
    SessionPageParams, SessionCursor;
    StoryPageParams, StoryCursor;
    TokenPageParams, TokenCursor;
}
