//! Schemas that depend on settings: of amounts, and of logging in.

use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::{Components, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::settings::WireRules;
use crate::wire::schemas;

/// Describes amounts in the settlement currency, and whether logging in takes a password.
pub(super) fn apply(components: &mut Components, rules: WireRules) {
    let exponent = rules.currency.exponent();
    let code = rules.currency.code();
    describe::<schemas::Price>(components, schemas::price(exponent).into());
    describe::<schemas::PriceBound>(components, schemas::price_bound(exponent).into());
    let currency = schemas::settlement_currency(code).into();
    describe::<schemas::SettlementCurrency>(components, currency);
    if !rules.password_required
        && let Some(RefOr::T(Schema::Object(body))) = components.schemas.get_mut("LogInBody")
    {
        body.required.retain(|field| field != "password");
        if let Some(password) = body.properties.get_mut("password") {
            // As everywhere, null is as good as nothing where a field may be left out.
            let nothing = ObjectBuilder::new().schema_type(Type::Null);
            let choice = OneOfBuilder::new().item(password.clone()).item(nothing);
            *password = RefOr::T(choice.into());
        }
    }
}

/// Replaces a type's schema, keeping its description.
fn describe<T: ToSchema + PartialSchema>(components: &mut Components, mut schema: Schema) {
    let said = match T::schema() {
        RefOr::T(Schema::Object(object)) => object.description,
        RefOr::T(Schema::OneOf(choice)) => choice.description,
        _ => None,
    };
    match &mut schema {
        Schema::Object(object) => object.description = said,
        Schema::OneOf(choice) => choice.description = said,
        _ => {}
    }
    components
        .schemas
        .insert(T::name().into_owned(), RefOr::T(schema));
}
