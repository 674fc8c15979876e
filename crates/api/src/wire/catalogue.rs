use udam_domain::listing::{CataloguePosition, CatalogueQuery, SearchText, Sort};
use udam_domain::page::PageRequest;
use utoipa::IntoParams;

use super::schemas;
use crate::fields::{Fields, FromFields, Recorded};
use crate::paging;
use crate::reading::{amount, flag_text, page_limit, text, variant};
use crate::settings::WireRules;

/// Parameters of a page of the catalogue.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes what is read below")]
pub(crate) struct CatalogueParams {
    /// Search terms that a listing must match.
    #[param(value_type = schemas::SearchText, required = false)]
    q: String,
    /// Account that must be the seller.
    #[param(value_type = schemas::AccountId, required = false)]
    seller: String,
    /// Order of the results. Default: the order of the cursor; without one, `relevance` with `q`, and `newest`
    /// without.
    #[param(value_type = schemas::Sort, required = false)]
    sort: String,
    /// Lowest price of a unit.
    #[param(value_type = schemas::PriceBound, required = false)]
    min_price: String,
    /// Highest price of a unit.
    #[param(value_type = schemas::PriceBound, required = false)]
    max_price: String,
    /// `true` for listings with units left, `false` for those without.
    #[param(required = false)]
    in_stock: bool,
    /// Largest number of items.
    #[param(value_type = schemas::PageLimit, required = false)]
    limit: i64,
    /// `next_cursor` of the page before.
    #[param(value_type = schemas::CatalogueCursor, required = false)]
    cursor: String,
}

impl FromFields for CatalogueQuery {
    fn from_fields(fields: &mut Fields, rules: WireRules) -> Result<Self, Recorded> {
        let text = fields.optional("q", text);
        let seller = fields.optional("seller", crate::reading::text);
        let min_price = fields.optional("min_price", amount(rules.currency));
        let max_price = fields.optional("max_price", amount(rules.currency));
        let in_stock = fields.optional("in_stock", flag_text);
        let sorted_page = sorted_page(fields, &text);
        let bounds = Self {
            min_price: min_price.unwrap_or_default(),
            max_price: max_price.unwrap_or_default(),
            ..Self::default()
        };
        if bounds.excludes_every_price() {
            fields.reject("min_price", "must not be more than max_price");
        }
        let (sort, page) = sorted_page?;
        Ok(Self {
            text: text?,
            seller: seller?,
            min_price: min_price?,
            max_price: max_price?,
            in_stock: in_stock?,
            sort,
            page,
        })
    }
}

/// Reads the order and the page. The order defaults to that of the cursor; a cursor of another order is an error.
fn sorted_page(
    fields: &mut Fields,
    text: &Result<Option<SearchText>, Recorded>,
) -> Result<(Sort, PageRequest<CataloguePosition>), Recorded> {
    let sort = fields.optional("sort", variant);
    let limit = fields.optional("limit", page_limit);
    let cursor = fields.optional("cursor", paging::catalogue);
    let (said, limit, (cursor_sort, after)) = (sort?, limit?, cursor?.unzip());
    let sort = said
        .or(cursor_sort)
        .unwrap_or_else(|| Sort::default_for(text.as_ref().ok().and_then(Option::as_ref)));
    if matches!(text, Ok(None)) && !sort.applies_to(None) {
        fields.reject("sort", "must not be relevance without q");
    }
    if cursor_sort.is_some_and(|cursor_sort| cursor_sort != sort) {
        fields.reject("cursor", paging::UNKNOWN);
    }
    let limit = limit.unwrap_or_default();
    Ok((sort, PageRequest { after, limit }))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use udam_domain::id::ListingId;
    use udam_web::cursor;
    use uuid::Uuid;

    use super::*;
    use crate::problem::Problem;
    use crate::testing::wire_rules;

    fn query(given: &[(&str, &str)]) -> Result<CatalogueQuery, Vec<String>> {
        let given = given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::String((*value).to_owned())));
        Fields::new(given).parse(wire_rules()).map_err(|problem| {
            let Problem::InvalidRequest(errors) = problem else {
                panic!("{problem:?}")
            };
            let fields = errors.into_iter().map(|error| error.field.into_owned());
            fields.collect()
        })
    }

    #[test]
    fn a_search_is_sorted_by_relevance_by_default() {
        let sort = |given: &[_]| query(given).map(|query| query.sort);
        assert_eq!(sort(&[]), Ok(Sort::Newest));
        assert_eq!(sort(&[("q", "weather")]), Ok(Sort::Relevance));
        assert_eq!(
            sort(&[("q", "weather"), ("sort", "-price")]),
            Ok(Sort::PriceDescending)
        );
        assert_eq!(sort(&[("sort", "relevance")]), Err(vec!["sort".into()]));
    }

    #[test]
    fn every_parameter_that_does_not_fit_is_named() {
        let wrong = [
            ("q", " "),
            ("seller", "lst_01h455vb4pex5vsknk084sn02q"),
            ("min_price", "-1"),
            ("max_price", "1.234"),
            ("in_stock", "1"),
            ("sort", "best"),
            ("limit", "0"),
            ("cursor", "?"),
            ("page", "2"),
        ];
        let names: Vec<_> = wrong.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(query(&wrong).unwrap_err(), names);
    }

    #[test]
    fn the_least_price_is_not_above_the_most() {
        assert!(query(&[("min_price", "2.00"), ("max_price", "2")]).is_ok());
        let crossed = query(&[("min_price", "2.01"), ("max_price", "2")]);
        assert_eq!(crossed.unwrap_err(), ["min_price"]);
    }

    #[test]
    fn a_cursor_continues_in_its_own_sort_order() {
        let position = CataloguePosition::Price(250, ListingId::from_uuid(Uuid::nil()));
        let cursor = cursor::encode(&position, Sort::Price);
        let on = query(&[("sort", "price"), ("cursor", &cursor)]).unwrap();
        assert_eq!(on.page.after, Some(position));
        let implied = query(&[("q", "weather"), ("cursor", &cursor)]).unwrap();
        assert_eq!(implied.sort, Sort::Price);
        let off = query(&[("sort", "-price"), ("cursor", &cursor)]);
        assert_eq!(off.unwrap_err(), ["cursor"]);
    }
}
