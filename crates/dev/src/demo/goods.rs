use udam_domain::gateway::{CallCost, GatewayTerms, Method, Methods, Paths};
use udam_domain::listing::{ApiKey, EndpointUrl, ListingDetails, Price};
use udam_domain::marketplace::PublishListing;
use udam_domain::money::{Currency, Money};
use udam_domain::units::{Stock, Units};
use url::Url;

use crate::upstream::{
    ALERTS, Access, EXCHANGE_RATES, FORECAST, GEOCODING, HISTORY, MAX_HISTORY_DAYS,
};

/// Something that a demo seller sells.
#[derive(Debug)]
pub(super) struct Good {
    pub(super) service_name: &'static str,
    description: &'static str,
    service: Service,
    /// In minor units: 250 is 2.50 dollars or 250 yen.
    price_minor: i64,
    unit: &'static str,
    units: i64,
}

/// The service of a demo listing.
#[derive(Debug)]
enum Service {
    /// Nothing: the address is nowhere, and the key opens nothing.
    Nowhere {
        endpoint_url: &'static str,
        api_key: &'static str,
    },
    /// A service of this process, sold call by call through the gateway.
    Upstream(Calls),
}

/// Calls of a demo service.
#[derive(Debug)]
struct Calls {
    access: &'static Access,
    /// Path of the service among the demo services.
    service: &'static str,
    /// Path of a call that works, with its query.
    example: &'static str,
    paths: &'static [&'static str],
    /// Most units that the service may declare for a call, if it declares any.
    max_units: Option<u16>,
}

impl Calls {
    fn terms(&self) -> Option<GatewayTerms> {
        let max_units = self.max_units.map(|most| Units::new(most.into()));
        let max_units = max_units.transpose().ok()?;
        let paths = self.paths.iter().map(|path| path.parse());
        Some(GatewayTerms {
            auth: self.access.placement()?,
            methods: Methods::new([Method::Get]).ok()?,
            paths: Paths::new(paths.collect::<Result<_, _>>().ok()?).ok()?,
            cost: CallCost::new(Units::new(1).ok()?, max_units).ok()?,
            ..GatewayTerms::default()
        })
    }
}

impl Good {
    /// As its seller would list it, with the demo services at `upstream`.
    pub(super) fn listing(&self, currency: Currency, upstream: &Url) -> Option<PublishListing> {
        let (endpoint_url, api_key, gateway) = match &self.service {
            Service::Nowhere {
                endpoint_url,
                api_key,
            } => (endpoint_url.parse().ok()?, *api_key, None),
            Service::Upstream(calls) => {
                let endpoint_url = self.endpoint(upstream)?;
                (endpoint_url, calls.access.key, Some(calls.terms()?))
            }
        };
        let details = ListingDetails {
            description: Some(self.description.parse().ok()?),
            endpoint_url: Some(endpoint_url),
            gateway,
            ..ListingDetails::new(
                self.service_name.parse().ok()?,
                self.unit.parse().ok()?,
                Price::new(Money::new(self.price_minor, currency)).ok()?,
            )
        };
        let api_key = ApiKey::new(api_key.to_owned()).ok()?;
        Some(PublishListing {
            details,
            api_key,
            units: Stock::new(self.units).ok()?,
        })
    }

    /// Address of its service, if that is among the demo services.
    pub(super) fn endpoint(&self, upstream: &Url) -> Option<EndpointUrl> {
        match &self.service {
            Service::Nowhere { .. } => None,
            Service::Upstream(calls) => upstream.join(calls.service).ok()?.as_str().parse().ok(),
        }
    }

    /// Path and query of a call that works, if it is sold call by call.
    pub(super) const fn example(&self) -> Option<&'static str> {
        match &self.service {
            Service::Nowhere { .. } => None,
            Service::Upstream(calls) => Some(calls.example),
        }
    }
}

pub(super) const NORTHWIND: &[Good] = &[
    Good {
        service_name: "Hourly forecast, worldwide",
        description: "Temperature, wind and precipitation for any coordinate, hour by hour, ten days \
            ahead.\n\nGET /forecast?lat=52.5&lon=13.4&hours=3, with up to 240 hours. Generated for \
            this demo: the same hour of the same place always has the same weather.",
        service: Service::Upstream(Calls {
            access: &FORECAST,
            service: "/weather/v2",
            example: "/forecast?lat=52.5&lon=13.4&hours=3",
            paths: &["/forecast"],
            max_units: None,
        }),
        price_minor: 2,
        unit: "1 call",
        units: 50_000,
    },
    Good {
        service_name: "Rain radar tiles",
        description: "Composite radar for Europe and North America as map tiles, renewed every \
            five minutes, with a two-hour nowcast. Zoom levels 0 to 12, PNG or WebP, transparent \
            where it is dry.",
        service: Service::Nowhere {
            endpoint_url: "https://tiles.northwind.example/radar/{z}/{x}/{y}.webp",
            api_key: "demo-weather-radar-41be08",
        },
        price_minor: 175,
        unit: "10,000 tiles",
        units: 8_000,
    },
    Good {
        service_name: "Weather of past days",
        description: "The weather at noon of past days at any coordinate, generated for this demo.\
            \n\nGET /history?lat=52.5&lon=13.4&days=2, with up to 12 days. Each day is a unit: the service \
            declares what a call costs.",
        service: Service::Upstream(Calls {
            access: &HISTORY,
            service: "/weather/v2",
            example: "/history?lat=52.5&lon=13.4&days=2",
            paths: &["/history"],
            max_units: Some(MAX_HISTORY_DAYS),
        }),
        price_minor: 3,
        unit: "1 day of history",
        units: 600,
    },
    Good {
        service_name: "Severe weather alerts",
        description: "Warnings as a stream of server-sent events, generated for this demo.\n\nGET \
            /alerts?events=3&every_ms=1000, with up to 1,000 events.",
        service: Service::Upstream(Calls {
            access: &ALERTS,
            service: "/weather/v2",
            example: "/alerts?events=3",
            paths: &["/alerts"],
            max_units: None,
        }),
        price_minor: 490,
        unit: "1 stream of alerts",
        units: 2_500,
    },
];

pub(super) const ATLAS: &[Good] = &[
    Good {
        service_name: "Geocoding, forward and reverse",
        description: "Ten cities to coordinates, and any coordinates to the nearest of them: a demo.\n\nGET \
            /geocode?q=Nairobi, or /reverse?lat=-1.3&lon=36.8. A place that is not known is 404, and \
            not charged.",
        service: Service::Upstream(Calls {
            access: &GEOCODING,
            service: "/geo/v1",
            example: "/geocode?q=Nairobi",
            paths: &["/geocode", "/reverse"],
            max_units: None,
        }),
        price_minor: 1,
        unit: "1 look-up",
        units: 40_000,
    },
    Good {
        service_name: "Travel-time matrix",
        description: "Driving, cycling and walking times between up to 200 by 200 points, with \
            live traffic where there is some. One element is one origin and one destination.",
        service: Service::Nowhere {
            endpoint_url: "https://geo.atlas.example/v1/matrix",
            api_key: "demo-geo-matrix-e81d44",
        },
        price_minor: 350,
        unit: "10,000 elements",
        units: 5_000,
    },
    Good {
        service_name: "Elevation, 1 m lidar",
        description: "Terrain and surface height from national lidar campaigns, one metre where \
            flown (Europe, most of the United States, Japan), ten metres elsewhere. Points, \
            profiles and GeoTIFF cut-outs.",
        service: Service::Nowhere {
            endpoint_url: "https://geo.atlas.example/v1/elevation",
            api_key: "demo-geo-elevation-06fa9d",
        },
        price_minor: 850,
        unit: "100 square kilometres",
        units: 1_200,
    },
    Good {
        service_name: "Building footprints, quarterly",
        description: "1.4 billion outlines with height, estimated floors and use, matched to \
            addresses. A full country per unit, as GeoParquet, with a change file against the \
            quarter before.",
        service: Service::Nowhere {
            endpoint_url: "https://geo.atlas.example/v1/buildings",
            api_key: "demo-geo-buildings-b5720c",
        },
        price_minor: 24_900,
        unit: "1 country",
        units: 40,
    },
];

pub(super) const MERIDIAN: &[Good] = &[
    Good {
        service_name: "Exchange rates, intraday",
        description: "Mid rates of eight currencies, new every minute, generated for this demo.\n\nGET \
            /latest?base=EUR&symbols=USD,JPY.",
        service: Service::Upstream(Calls {
            access: &EXCHANGE_RATES,
            service: "/fx",
            example: "/latest?base=EUR&symbols=USD,JPY",
            paths: &["/latest"],
            max_units: None,
        }),
        price_minor: 1,
        unit: "1 call",
        units: 100_000,
    },
    Good {
        service_name: "Company fundamentals",
        description: "Balance sheets, income and cash flow of 52,000 listed companies, as filed \
            and as restated, with the filing's own reference for every figure. Point-in-time: no \
            peeking into the future.",
        service: Service::Nowhere {
            endpoint_url: "https://data.meridian.example/fundamentals",
            api_key: "demo-markets-fundamentals-f4033b",
        },
        price_minor: 999,
        unit: "500 companies",
        units: 900,
    },
    Good {
        service_name: "Filings full text search",
        description: "Every filing of the SEC's EDGAR, Companies House and the Japanese EDINET \
            since 2001, searchable within a minute of publication. Tables are parsed; exhibits \
            are included.",
        service: Service::Nowhere {
            endpoint_url: "https://data.meridian.example/filings/search",
            api_key: "demo-markets-filings-8c61d5",
        },
        price_minor: 300,
        unit: "1,000 searches",
        units: 10_000,
    },
    Good {
        service_name: "Power prices, day ahead",
        description: "Hourly and quarter-hourly auction results of 38 European bidding zones, \
            with flows and outages, pushed as soon as they are out. The forecast for tomorrow \
            comes at nine, two hours before the auction closes.",
        service: Service::Nowhere {
            endpoint_url: "https://data.meridian.example/power",
            api_key: "demo-markets-power-19ab72",
        },
        price_minor: 4_500,
        unit: "1 zone, 30 days",
        units: 300,
    },
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use udam_domain::gateway::CallPath;

    use super::*;

    fn upstream() -> Url {
        "http://127.0.0.1:4242".parse().unwrap()
    }

    fn all() -> impl Iterator<Item = &'static Good> {
        [NORTHWIND, ATLAS, MERIDIAN].into_iter().flatten()
    }

    #[test]
    fn every_demo_listing_is_one_in_any_currency() {
        for code in ["USD", "JPY", "KWD"] {
            let currency = code.parse().unwrap();
            for good in all() {
                let listing = good.listing(currency, &upstream());
                assert!(listing.is_some(), "{} in {code}", good.service_name);
            }
        }
    }

    #[test]
    fn there_is_something_small_and_something_large() {
        let small = all().filter(|good| good.price_minor < 500).count();
        let large = all().filter(|good| good.price_minor >= 500).count();
        assert_eq!((small, large), (8, 4));
    }

    #[test]
    fn no_key_looks_real_and_no_two_are_the_same() {
        let listings = all().map(|good| good.listing(Currency::USD, &upstream()).unwrap());
        let keys: HashSet<String> = listings
            .map(|listing| listing.api_key.expose().to_owned())
            .collect();
        assert_eq!(keys.len(), 12);
        assert!(keys.iter().all(|key| key.starts_with("demo-")));
    }

    #[test]
    fn some_are_sold_by_call_and_some_by_key() {
        let listings = all().map(|good| (good, good.listing(Currency::USD, &upstream()).unwrap()));
        let (by_call, by_key): (Vec<_>, Vec<_>) =
            listings.partition(|(_, listing)| listing.details.gateway.is_some());
        assert_eq!((by_call.len(), by_key.len()), (5, 7));
        for (good, listing) in by_call {
            let terms = listing.details.gateway.unwrap();
            let example = good.example().unwrap();
            let (path, _) = example.split_once('?').unwrap();
            let path = CallPath::new(path.to_owned()).unwrap();
            assert!(terms.sell(Method::Get, &path), "{example}");
            let endpoint = listing.details.endpoint_url.unwrap();
            assert!(endpoint.as_str().starts_with("http://127.0.0.1:4242/"));
        }
        for (good, listing) in by_key {
            assert_eq!(good.example(), None);
            assert!(!listing.details.endpoint_url.unwrap().is_private());
        }
    }
}
