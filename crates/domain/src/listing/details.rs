//! What a listing says of its service: the fields that its seller fills in and edits. A new one is added here, and the
//! compiler names the places that read, write and show it.

use super::{Change, EndpointUrl, Price};
use crate::audit::AuditAction;
use crate::gateway::GatewayTerms;
use crate::text::{bounded_text, line, paragraphs};
use crate::units::Units;

bounded_text!(
    /// Name of a service: one line of at most 200 characters.
    ServiceName,
    line,
    200
);
bounded_text!(
    /// Description of a service: at most 10,000 characters, line breaks allowed.
    Description,
    paragraphs,
    10_000
);
bounded_text!(
    /// Meaning of one unit, such as "1,000 requests": one line of at most 200 characters.
    UnitDescription,
    line,
    200
);

/// Description, price and address of the service that a listing grants access to, and terms of its orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingDetails {
    /// Name of the service.
    pub service_name: ServiceName,
    /// Description of the service, if the seller gives one.
    pub description: Option<Description>,
    /// Address of the service, if the seller gives one.
    pub endpoint_url: Option<EndpointUrl>,
    /// Price of one unit.
    pub price_per_unit: Price,
    /// Meaning of one unit, such as "1,000 requests".
    pub unit_description: UnitDescription,
    /// Whether every order is paid before it is fulfilled, however small. The seller bears the loss of a tab
    /// that is never paid.
    pub pay_first: bool,
    /// Largest number of units of one order; `None` = no limit but that of [`Units`].
    pub max_units_per_order: Option<Units>,
    /// Terms of calls through the gateway; `None` if buyers are shown the key.
    pub gateway: Option<GatewayTerms>,
}

impl ListingDetails {
    /// Details with only the required fields, and no terms.
    #[must_use]
    pub const fn new(
        service_name: ServiceName,
        unit_description: UnitDescription,
        price_per_unit: Price,
    ) -> Self {
        Self {
            service_name,
            description: None,
            endpoint_url: None,
            price_per_unit,
            unit_description,
            pay_first: false,
            max_units_per_order: None,
            gateway: None,
        }
    }

    /// Length of all texts together, in bytes.
    pub(super) fn text_length(&self) -> usize {
        let texts = [
            Some(self.service_name.as_str()),
            self.description.as_ref().map(Description::as_str),
            self.endpoint_url.as_ref().map(EndpointUrl::as_str),
            Some(self.unit_description.as_str()),
        ];
        let terms = self.gateway.as_ref().map_or(0, GatewayTerms::text_length);
        let texts: usize = texts.into_iter().flatten().map(str::len).sum();
        texts.saturating_add(terms)
    }

    /// The actions that are audited when a seller has changed `before` to these.
    #[must_use]
    pub fn audited_since(&self, before: &Self) -> Vec<AuditAction> {
        let price = self.price_per_unit != before.price_per_unit;
        let endpoint = self.endpoint_url != before.endpoint_url;
        let terms = self.gateway != before.gateway;
        let price = price.then_some(AuditAction::PriceChanged);
        let endpoint = endpoint.then_some(AuditAction::EndpointChanged);
        let terms = terms.then_some(AuditAction::GatewayTermsChanged);
        price.into_iter().chain(endpoint).chain(terms).collect()
    }
}

/// An edit of a listing's details. The default changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DetailsEdit {
    /// Name of the service.
    pub service_name: Change<ServiceName>,
    /// Description of the service.
    pub description: Change<Option<Description>>,
    /// Address of the service.
    pub endpoint_url: Change<Option<EndpointUrl>>,
    /// Price of one unit. Orders already placed keep theirs.
    pub price_per_unit: Change<Price>,
    /// Meaning of one unit.
    pub unit_description: Change<UnitDescription>,
    /// Whether every later order is paid before it is fulfilled.
    pub pay_first: Change<bool>,
    /// Largest number of units of one later order.
    pub max_units_per_order: Change<Option<Units>>,
    /// Terms of calls through the gateway, for later orders.
    pub gateway: Change<Option<GatewayTerms>>,
}

impl DetailsEdit {
    /// The details after this edit of `current`.
    #[must_use]
    pub fn apply(self, current: ListingDetails) -> ListingDetails {
        ListingDetails {
            service_name: self.service_name.apply(current.service_name),
            description: self.description.apply(current.description),
            endpoint_url: self.endpoint_url.apply(current.endpoint_url),
            price_per_unit: self.price_per_unit.apply(current.price_per_unit),
            unit_description: self.unit_description.apply(current.unit_description),
            pay_first: self.pay_first.apply(current.pay_first),
            max_units_per_order: self.max_units_per_order.apply(current.max_units_per_order),
            gateway: self.gateway.apply(current.gateway),
        }
    }
}

/// Replaces every field.
impl From<ListingDetails> for DetailsEdit {
    fn from(new: ListingDetails) -> Self {
        Self {
            service_name: Change::To(new.service_name),
            description: Change::To(new.description),
            endpoint_url: Change::To(new.endpoint_url),
            price_per_unit: Change::To(new.price_per_unit),
            unit_description: Change::To(new.unit_description),
            pay_first: Change::To(new.pay_first),
            max_units_per_order: Change::To(new.max_units_per_order),
            gateway: Change::To(new.gateway),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{price, units};

    fn details() -> ListingDetails {
        ListingDetails {
            description: Some("Rain and shine.".parse().unwrap()),
            max_units_per_order: Some(units(20)),
            ..ListingDetails::new(
                "Weather".parse().unwrap(),
                "1,000 requests".parse().unwrap(),
                price(2_50),
            )
        }
    }

    #[test]
    fn an_edit_replaces_the_fields_that_it_names_and_keeps_the_others() {
        assert_eq!(DetailsEdit::default().apply(details()), details());
        let edit = DetailsEdit {
            description: Change::To(None),
            price_per_unit: Change::To(price(3_00)),
            pay_first: Change::To(true),
            ..DetailsEdit::default()
        };
        let edited = ListingDetails {
            description: None,
            price_per_unit: price(3_00),
            pay_first: true,
            ..details()
        };
        assert_eq!(edit.apply(details()), edited);
    }

    #[test]
    fn a_changed_price_and_a_changed_address_are_audited() {
        let audited = |edit: DetailsEdit| edit.apply(details()).audited_since(&details());
        let renamed = DetailsEdit {
            service_name: Change::To("Climate".parse().unwrap()),
            price_per_unit: Change::To(price(2_50)),
            ..DetailsEdit::default()
        };
        assert_eq!(audited(renamed), []);
        let repriced = DetailsEdit {
            price_per_unit: Change::To(price(3_00)),
            ..DetailsEdit::default()
        };
        assert_eq!(audited(repriced.clone()), [AuditAction::PriceChanged]);
        let moved = DetailsEdit {
            endpoint_url: Change::To("https://api.example.com".parse().ok()),
            ..repriced
        };
        let both = [AuditAction::PriceChanged, AuditAction::EndpointChanged];
        assert_eq!(audited(moved), both);
    }

    #[test]
    fn an_edit_made_of_details_replaces_all_of_them() {
        let new = ListingDetails {
            pay_first: true,
            endpoint_url: Some("https://api.example.com".parse().unwrap()),
            ..ListingDetails::new(
                "Climate".parse().unwrap(),
                "1 request".parse().unwrap(),
                price(1_00),
            )
        };
        assert_eq!(DetailsEdit::from(new.clone()).apply(details()), new);
    }
}
