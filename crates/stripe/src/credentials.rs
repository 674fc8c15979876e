use thiserror::Error;
use udam_domain::secret::Secret;
use url::Url;

/// Why a text cannot be a setting of Stripe's. It repeats no part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseCredentialError {
    /// It is not a key of the API.
    #[error("must be a secret or restricted key of Stripe's, which starts with sk_ or rk_")]
    SecretKey,
    /// It is not a list of signing secrets.
    #[error("must be signing secrets of Stripe's, which start with whsec_, with commas between")]
    WebhookSecrets,
    /// It is not a base URL.
    #[error("must be an http or https address without a query or a user name")]
    ApiBase,
}

/// Parses a secret key, or a restricted one.
///
/// # Errors
/// [`ParseCredentialError::SecretKey`]
pub fn parse_secret_key(text: &str) -> Result<Secret, ParseCredentialError> {
    let is_key = text.bytes().all(|byte| byte.is_ascii_graphic())
        && ["sk_", "rk_"]
            .iter()
            .any(|prefix| text.strip_prefix(prefix).is_some_and(|key| !key.is_empty()));
    is_key
        .then(|| Secret::new(text.to_owned()))
        .ok_or(ParseCredentialError::SecretKey)
}

/// Parses signing secrets of webhooks, separated by commas: there are two while one is rolled.
///
/// # Errors
/// [`ParseCredentialError::WebhookSecrets`]
pub fn parse_webhook_secrets(text: &str) -> Result<Vec<Secret>, ParseCredentialError> {
    let secret = |text: &str| {
        let rest = text.strip_prefix("whsec_")?;
        (!rest.is_empty()).then(|| Secret::new(text.to_owned()))
    };
    text.split(',')
        .map(|text| secret(text.trim()))
        .collect::<Option<_>>()
        .ok_or(ParseCredentialError::WebhookSecrets)
}

/// Parses a base URL of the API.
///
/// # Errors
/// [`ParseCredentialError::ApiBase`]
pub fn parse_api_base(text: &str) -> Result<Url, ParseCredentialError> {
    Url::parse(text)
        .ok()
        .filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        })
        .ok_or(ParseCredentialError::ApiBase)
}
