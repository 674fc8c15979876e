use serde::Serialize;
use udam_domain::mail::{MailPreferences, MailPreferencesEdit, MailTopic};
use utoipa::ToSchema;

use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::flag;
use crate::settings::WireRules;

/// Change of which mails are wanted. Fields that are left out stay as they are.
#[derive(Debug, ToSchema)]
pub(crate) struct EditMailPreferencesBody {
    /// That a listing of yours has sold out.
    #[schema(example = true)]
    sold_out: Option<bool>,
    /// That a tenth of the units of a token is left, at most.
    #[schema(example = true)]
    units_low: Option<bool>,
    /// That tokens expire, three days before.
    #[schema(example = true)]
    tokens_expiring: Option<bool>,
    /// Digest of your sales, after each day with sales.
    #[schema(example = false)]
    sale_digest: Option<bool>,
}

impl FromFields for EditMailPreferencesBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let sold_out = fields.optional("sold_out", flag);
        let units_low = fields.optional("units_low", flag);
        let tokens_expiring = fields.optional("tokens_expiring", flag);
        let sale_digest = fields.optional("sale_digest", flag);
        Ok(Self {
            sold_out: sold_out?,
            units_low: units_low?,
            tokens_expiring: tokens_expiring?,
            sale_digest: sale_digest?,
        })
    }
}

impl From<EditMailPreferencesBody> for MailPreferencesEdit {
    fn from(body: EditMailPreferencesBody) -> Self {
        let given = [
            (MailTopic::SoldOut, body.sold_out),
            (MailTopic::UnitsLow, body.units_low),
            (MailTopic::TokensExpiring, body.tokens_expiring),
            (MailTopic::SaleDigest, body.sale_digest),
        ];
        let given = given
            .into_iter()
            .filter_map(|(topic, wanted)| Some((topic, wanted?)));
        given.fold(Self::default(), |edit, (topic, wanted)| {
            edit.set(topic, wanted)
        })
    }
}

/// Topics of mails, each with whether they are sent. Those about the security of an account and about payments always are.
#[derive(Debug, Serialize, ToSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a preference of its own"
)]
pub(crate) struct MailPreferencesResponse {
    /// That a listing of yours has sold out.
    #[schema(example = true)]
    sold_out: bool,
    /// That a tenth of the units of a token is left, at most.
    #[schema(example = true)]
    units_low: bool,
    /// That tokens expire, three days before.
    #[schema(example = true)]
    tokens_expiring: bool,
    /// Digest of your sales, after each day with sales.
    #[schema(example = false)]
    sale_digest: bool,
}

impl From<MailPreferences> for MailPreferencesResponse {
    fn from(preferences: MailPreferences) -> Self {
        Self {
            sold_out: preferences.wants(MailTopic::SoldOut),
            units_low: preferences.wants(MailTopic::UnitsLow),
            tokens_expiring: preferences.wants(MailTopic::TokensExpiring),
            sale_digest: preferences.wants(MailTopic::SaleDigest),
        }
    }
}
