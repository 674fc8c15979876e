use udam_domain::id::OrderId;
use udam_domain::order::SalesPeriod;
use udam_domain::page::PageRequest;
use utoipa::IntoParams;

use super::schemas;
use crate::fields::{Fields, FromFields, Recorded};
use crate::paging;
use crate::reading::day;
use crate::settings::WireRules;

/// A period of sales, whose first and last day are both in it.
pub(crate) struct SalesPeriodQuery(pub(crate) SalesPeriod);

impl FromFields for SalesPeriodQuery {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let from = fields.optional("from", day);
        let to = fields.optional("to", day);
        let (from, to) = (from?, to?);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            fields.reject("to", "must not be before 'from'");
            return Err(Recorded);
        }
        Ok(Self(SalesPeriod::of_days(from, to)))
    }
}

/// A page of the sales of a period.
pub(crate) struct SalesPageQuery {
    pub(crate) period: SalesPeriod,
    pub(crate) page: PageRequest<OrderId>,
}

impl FromFields for SalesPageQuery {
    fn from_fields(fields: &mut Fields, rules: WireRules) -> Result<Self, Recorded> {
        let period = SalesPeriodQuery::from_fields(fields, rules);
        let page = paging::page(fields, ());
        Ok(Self {
            period: period?.0,
            page: page?,
        })
    }
}

/// Describes what [`SalesPageQuery`] reads.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes")]
pub(crate) struct SalesParams {
    /// First day, UTC; by default there is none.
    #[param(value_type = schemas::Day, required = false)]
    from: String,
    /// Last day, UTC; by default there is none.
    #[param(value_type = schemas::Day, required = false)]
    to: String,
    /// Largest number of items; not for CSV.
    #[param(value_type = schemas::PageLimit, required = false)]
    limit: i64,
    /// `next_cursor` of the page before; not for CSV.
    #[param(value_type = schemas::OrderCursor, required = false)]
    cursor: String,
}
