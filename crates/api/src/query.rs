use udam_domain::page::PageRequest;
use udam_web::cursor::Position;

use super::fields::{Fields, FromFields, Recorded};
use super::paging;
use super::problem::ApiError;
use super::query_string::pairs;
use super::request_context::RequestContext;
use super::settings::WireRules;

/// A page of a list that has one order.
pub(super) struct PageQuery<P>(pub(super) PageRequest<P>);

impl<P: Position<Order = ()>> FromFields for PageQuery<P> {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        paging::page(fields, ()).map(Self)
    }
}

impl RequestContext {
    /// Parses the query string.
    pub(super) fn query<T: FromFields>(&self) -> Result<T, ApiError> {
        let fields = Fields::new(pairs(self.request.query_string())?);
        Ok(fields.parse(self.api.wire_rules())?)
    }

    /// Parses the query string as a page of a list.
    pub(super) fn page<P: Position<Order = ()>>(&self) -> Result<PageRequest<P>, ApiError> {
        self.query::<PageQuery<P>>().map(|query| query.0)
    }
}
