//! Schemas of identifiers, counts and amounts. The types only describe; they have no values.

use strum::VariantArray;
use udam_domain::account::{AccountKeyName as DomainKeyName, Scope as DomainScope};
use udam_domain::audit::AuditAction as DomainAuditAction;
use udam_domain::listing::{
    ListingState as DomainListingState, ListingStatus as DomainListingStatus, Price as DomainPrice,
    Sort as DomainSort,
};
use udam_domain::order::OrderState;
use udam_domain::page::PageLimit as DomainPageLimit;
use udam_domain::token::TokenStatus as DomainTokenStatus;
use udam_domain::units::{Stock as DomainStock, Units as DomainUnits};
use utoipa::openapi::KnownFormat;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, SchemaFormat, Type};

use super::describe::{described, id, names, string, whole};

pub(crate) use super::administration_schemas::*;
pub(crate) use super::gateway_schemas::*;
pub(crate) use super::text_schemas::*;

described! {
    /// An account's identifier.
    AccountId => id("acc");
    /// Identifier of an API key of an account's own.
    AccountKeyId => id("pak");
    /// Name of an API key.
    AccountKeyName => string().min_length(Some(1)).max_length(Some(DomainKeyName::MAX_LENGTH)).examples(["Nightly job"]);
    /// A kind of use of an API key.
    KeyScope => names(DomainScope::VARIANTS).examples(["read"]);
    /// A listing's identifier.
    ListingId => id("lst");
    /// An order's identifier.
    OrderId => id("ord");
    /// A token's identifier.
    TokenId => id("tok");
    /// A payment's identifier.
    ChargeId => id("chg");
    /// A session's identifier. It is not the session's token.
    SessionId => id("ses");
    /// Secret of a link in a mail.
    LinkSecret => string()
        .examples(["udam_lnk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh82pSPrQ"]);
    /// Secret of a login that waits for the second factor.
    ChallengeSecret => string()
        .examples(["udam_chl_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh82pSPrQ"]);
    /// The six digits that an app shows.
    TotpCode => string().pattern(Some("^ *([0-9] *){6}$")).examples(["287082"]);
    /// A recovery code, in any case, with or without hyphens.
    RecoveryCode => string().examples(["0k3v-7m2q-x9ad-51tz-e8rn-c4hw"]);
    /// An instant, in UTC.
    Instant => string()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .examples(["2026-01-02T03:04:05.678901Z"]);
    /// A day, in UTC.
    Day => string()
        .pattern(Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
        .examples(["2026-01-31"]);
    /// An amount, as a decimal in the currency's own exponent.
    Amount => string()
        .pattern(Some(r"^-?[0-9]+(\.[0-9]+)?$"))
        .examples(["2.50"]);
    /// Lowest or highest price of a unit.
    PriceBound => price_bound(USD_EXPONENT);
    /// Price of one unit: more than zero, as a decimal in the currency's own exponent.
    Price => price(USD_EXPONENT);
    /// An action that is recorded. There may be others in time.
    AuditAction => names(DomainAuditAction::VARIANTS).examples(["key_revealed"]);
    /// Order of the catalogue.
    Sort => names(DomainSort::VARIANTS).examples(["newest"]);
    /// State that a seller sets.
    ListingState => names(DomainListingState::VARIANTS);
    /// Status of a listing.
    ListingStatus => names(DomainListingStatus::VARIANTS);
    /// State of an order.
    OrderStatus => names(OrderState::ALL);
    /// Status of a token.
    TokenStatus => names(DomainTokenStatus::VARIANTS);
    /// The currency that the marketplace settles in, and the only one of prices.
    SettlementCurrency => settlement_currency("USD");
    /// Number of units of an order.
    Units => OneOfBuilder::new()
        .item(unit_count())
        .item(string().pattern(Some(count_pattern(DomainUnits::MIN.get(), DomainUnits::MAX.get()))))
        .examples([3]);
    /// Number of units of an order.
    UnitCount => unit_count().examples([3]);
    /// Number of units that can be bought now.
    StockCount => stock_count().examples([1_000]);
    /// Largest number of items of a page. It may have fewer though others follow: only a `null` cursor ends a list.
    PageLimit => whole(1, DomainPageLimit::MAX.get().into())
        .default(Some(DomainPageLimit::default().get().into()));
    /// Number of units of a listing.
    Stock => OneOfBuilder::new()
        .item(stock_count())
        .item(string().pattern(Some(count_pattern(DomainStock::MIN.get(), DomainStock::MAX.get()))))
        .examples([1_000]);
}

/// Number of digits after the point in the default currency.
const USD_EXPONENT: usize = 2;

fn unit_count() -> ObjectBuilder {
    whole(DomainUnits::MIN.get().into(), DomainUnits::MAX.get().into())
}

fn stock_count() -> ObjectBuilder {
    whole(DomainStock::MIN.get().into(), DomainStock::MAX.get().into())
}

/// Every spelling of a count from `least`, which is 0 or 1, to `most`, a power of ten.
fn count_pattern(least: u32, most: u32) -> String {
    let digits = most.ilog10();
    let below = match least {
        0 => format!("[0-9]{{1,{digits}}}"),
        _ => format!("[1-9][0-9]{{0,{}}}", digits.saturating_sub(1)),
    };
    format!("^0*({below}|{most})$")
}

/// The one code that a price's currency may be given as, in either case. No enum: generators of clients make names of
/// its values, and in most languages those would be the same.
pub(crate) fn settlement_currency(code: &str) -> ObjectBuilder {
    let lower = code.to_ascii_lowercase();
    string()
        .pattern(Some(format!("^({code}|{lower})$")))
        .examples([code])
}

/// A price in a currency with this many digits after the point, in or out of quotes.
pub(crate) fn price(exponent: usize) -> OneOfBuilder {
    let minor: i64 = 10_i64.saturating_pow(u32::try_from(exponent).unwrap_or_default());
    let most = DomainPrice::MAX_MINOR
        .checked_div(minor)
        .unwrap_or_default();
    let number = if exponent == 0 {
        whole(1, most)
    } else {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .exclusive_minimum(Some(0))
            .maximum(Some(most))
            .multiple_of(Some(format!("1e-{exponent}").parse().unwrap_or(1.0)))
    };
    let example = if exponent == 0 { "250" } else { "2.50" };
    OneOfBuilder::new()
        .item(string().pattern(Some(price_pattern(most, exponent))))
        .item(number)
        .examples([example])
}

/// Every spelling of an amount from one minor unit to `most`, and no other.
fn price_pattern(most: i64, exponent: usize) -> String {
    let digits = most.to_string().len().saturating_sub(2);
    if exponent == 0 {
        return format!("^0*({most}|[1-9][0-9]{{0,{digits}}})$");
    }
    let below_one: Vec<_> = (0..exponent)
        .map(|zeros| {
            let rest = exponent.saturating_sub(zeros).saturating_sub(1);
            format!("0{{{zeros}}}[1-9][0-9]{{0,{rest}}}")
        })
        .collect();
    format!(
        r"^0*({most}(\.0{{1,{exponent}}})?|[1-9][0-9]{{0,{digits}}}(\.[0-9]{{1,{exponent}}})?|0\.({}))$",
        below_one.join("|"),
    )
}

/// An amount to compare prices with, in a currency with this many digits after the point.
pub(crate) fn price_bound(exponent: usize) -> ObjectBuilder {
    let fraction = match exponent {
        0 => String::new(),
        exponent => format!(r"(\.[0-9]{{1,{exponent}}})?"),
    };
    string()
        .pattern(Some(format!("^[0-9]{{1,14}}{fraction}$")))
        .examples([if exponent == 0 { "250" } else { "2.50" }])
}
