//! What the types are made of that describe values in the OpenAPI document.

use utoipa::openapi::schema::{ObjectBuilder, Type};

/// A type that stands for a schema, described by its own first lines.
macro_rules! described {
    ($($(#[doc = $doc:literal])+ $name:ident => $schema:expr;)*) => {$(
        $(#[doc = $doc])+
        pub(crate) struct $name;

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::RefOr::T($schema.description(Some(concat!($($doc),+).trim())).into())
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )*};
}
pub(crate) use described;

pub(super) fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}
