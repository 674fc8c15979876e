use std::collections::BTreeSet;

use strum::{Display, EnumString, IntoStaticStr, VariantArray};
use thiserror::Error;

/// A method of HTTP (RFC 9110, section 9; `PATCH`: RFC 5789) that calls can be made by.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "UPPERCASE")]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
    /// `OPTIONS`
    Options,
}

/// The methods that a listing sells: at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Methods(BTreeSet<Method>);

/// No method is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must name at least one method")]
pub struct MethodsError;

impl Methods {
    /// These methods, each once.
    ///
    /// # Errors
    /// [`MethodsError`] if there is none.
    pub fn new(methods: impl IntoIterator<Item = Method>) -> Result<Self, MethodsError> {
        let methods: BTreeSet<Method> = methods.into_iter().collect();
        if methods.is_empty() {
            return Err(MethodsError);
        }
        Ok(Self(methods))
    }

    /// Whether calls can be made by this method.
    #[must_use]
    pub fn contains(&self, method: Method) -> bool {
        self.0.contains(&method)
    }

    /// The methods, in the order of their declaration.
    pub fn iter(&self) -> impl Iterator<Item = Method> + '_ {
        self.0.iter().copied()
    }
}

impl Default for Methods {
    /// All methods.
    fn default() -> Self {
        Self(Method::VARIANTS.iter().copied().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_named_as_http_names_them() {
        assert_eq!("PATCH".parse(), Ok(Method::Patch));
        assert!("patch".parse::<Method>().is_err());
        assert_eq!(Method::Options.to_string(), "OPTIONS");
    }

    #[test]
    fn a_listing_sells_at_least_one_method_and_each_once() {
        assert_eq!(Methods::new([]), Err(MethodsError));
        let methods = Methods::new([Method::Post, Method::Get, Method::Post]).unwrap();
        assert_eq!(
            methods.iter().collect::<Vec<_>>(),
            [Method::Get, Method::Post]
        );
        assert!(!methods.contains(Method::Head));
    }
}
