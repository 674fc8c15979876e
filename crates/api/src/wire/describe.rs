//! Building blocks of schemas in the OpenAPI document.

use utoipa::openapi::schema::{ObjectBuilder, Type};

/// A type that stands for a schema, described by its own first lines, and by the most characters that it may have
/// if they are given in brackets.
macro_rules! described {
    ($($(#[doc = $doc:literal])+ $name:ident $([$most:expr])? => $schema:expr;)*) => {$(
        $(#[doc = $doc])+
        pub(crate) struct $name;

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let description = concat!($($doc),+).trim().to_owned();
                $(let description = $crate::wire::describe::at_most($most, &description);)?
                utoipa::openapi::RefOr::T($schema.description(Some(description)).into())
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

/// A description that says how many characters a text may have.
pub(super) fn at_most(most: usize, description: &str) -> String {
    format!("{description} At most {most} characters.")
}

pub(super) fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// One of the names of a domain type's variants.
pub(super) fn names<T: Copy>(variants: &'static [T]) -> ObjectBuilder
where
    &'static str: From<T>,
{
    string().enum_values(Some(variants.iter().copied().map(<&str>::from)))
}

/// An identifier with this prefix.
pub(super) fn id(prefix: &str) -> ObjectBuilder {
    string()
        .pattern(Some(format!("^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$")))
        .examples([format!("{prefix}_01h455vb4pex5vsknk084sn02q")])
}

/// A whole number in a range.
pub(super) fn whole(least: i64, most: i64) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(least))
        .maximum(Some(most))
}
