use udam_domain::listing::{ApiKey, ListingDetails, Price};
use udam_domain::marketplace::PublishListing;
use udam_domain::money::{Currency, Money};
use udam_domain::units::Stock;

/// Something that a demo seller sells. Its key opens nothing, and its endpoint is nowhere.
#[derive(Debug)]
pub(super) struct Good {
    pub(super) service_name: &'static str,
    description: &'static str,
    endpoint_url: &'static str,
    /// In minor units: 250 is 2.50 dollars or 250 yen.
    price_minor: i64,
    unit: &'static str,
    units: i64,
    api_key: &'static str,
}

impl Good {
    /// As its seller would list it.
    pub(super) fn listing(&self, currency: Currency) -> Option<PublishListing> {
        let details = ListingDetails {
            description: Some(self.description.parse().ok()?),
            endpoint_url: Some(self.endpoint_url.parse().ok()?),
            ..ListingDetails::new(
                self.service_name.parse().ok()?,
                self.unit.parse().ok()?,
                Price::new(Money::new(self.price_minor, currency)).ok()?,
            )
        };
        let api_key = ApiKey::new(self.api_key.to_owned()).ok()?;
        Some(PublishListing {
            details,
            api_key,
            units: Stock::new(self.units).ok()?,
        })
    }
}

pub(super) const NORTHWIND: &[Good] = &[
    Good {
        service_name: "Hourly forecast, worldwide",
        description: "Temperature, wind, cloud cover and precipitation for any coordinate, hour \
            by hour, ten days ahead. Blended from four global models and corrected against 11,000 \
            ground stations every hour.\n\nJSON or CBOR; p95 below 80 ms from Frankfurt, Virginia \
            and Singapore.",
        endpoint_url: "https://api.northwind.example/v2/forecast",
        price_minor: 40,
        unit: "1,000 requests",
        units: 50_000,
        api_key: "demo-weather-forecast-9f27c1",
    },
    Good {
        service_name: "Rain radar tiles",
        description: "Composite radar for Europe and North America as map tiles, renewed every \
            five minutes, with a two-hour nowcast. Zoom levels 0 to 12, PNG or WebP, transparent \
            where it is dry.",
        endpoint_url: "https://tiles.northwind.example/radar/{z}/{x}/{y}.webp",
        price_minor: 175,
        unit: "10,000 tiles",
        units: 8_000,
        api_key: "demo-weather-radar-41be08",
    },
    Good {
        service_name: "Historical weather since 1950",
        description: "Reanalysis at 0.25 degrees, hourly, 1950 to last week: 46 variables, from \
            soil moisture to gusts at hub height. Ask for a point or a box; large answers come as \
            Zarr or Parquet.",
        endpoint_url: "https://api.northwind.example/v2/history",
        price_minor: 1_200,
        unit: "1 million values",
        units: 600,
        api_key: "demo-weather-history-c3d95a",
    },
    Good {
        service_name: "Severe weather alerts",
        description: "Warnings of 96 national services in one schema (CAP 1.2), deduplicated, \
            translated into English and matched to your places. Delivered by webhook, usually \
            within 20 seconds of publication.",
        endpoint_url: "https://api.northwind.example/v2/alerts",
        price_minor: 490,
        unit: "1 place, 30 days",
        units: 2_500,
        api_key: "demo-weather-alerts-7a60ef",
    },
];

pub(super) const ATLAS: &[Good] = &[
    Good {
        service_name: "Geocoding, forward and reverse",
        description: "Addresses to coordinates and back in 190 countries, from open data and our \
            own corrections. Tolerates typing mistakes, knows old street names, and says how sure \
            it is. Storing results is allowed.",
        endpoint_url: "https://geo.atlas.example/v1/geocode",
        price_minor: 60,
        unit: "1,000 look-ups",
        units: 40_000,
        api_key: "demo-geo-coding-52c7b3",
    },
    Good {
        service_name: "Travel-time matrix",
        description: "Driving, cycling and walking times between up to 200 by 200 points, with \
            live traffic where there is some. One element is one origin and one destination.",
        endpoint_url: "https://geo.atlas.example/v1/matrix",
        price_minor: 350,
        unit: "10,000 elements",
        units: 5_000,
        api_key: "demo-geo-matrix-e81d44",
    },
    Good {
        service_name: "Elevation, 1 m lidar",
        description: "Terrain and surface height from national lidar campaigns, one metre where \
            flown (Europe, most of the United States, Japan), ten metres elsewhere. Points, \
            profiles and GeoTIFF cut-outs.",
        endpoint_url: "https://geo.atlas.example/v1/elevation",
        price_minor: 850,
        unit: "100 square kilometres",
        units: 1_200,
        api_key: "demo-geo-elevation-06fa9d",
    },
    Good {
        service_name: "Building footprints, quarterly",
        description: "1.4 billion outlines with height, estimated floors and use, matched to \
            addresses. A full country per unit, as GeoParquet, with a change file against the \
            quarter before.",
        endpoint_url: "https://geo.atlas.example/v1/buildings",
        price_minor: 24_900,
        unit: "1 country",
        units: 40,
        api_key: "demo-geo-buildings-b5720c",
    },
];

pub(super) const MERIDIAN: &[Good] = &[
    Good {
        service_name: "Exchange rates, intraday",
        description: "Mid rates for 168 currencies, every minute, from twelve liquidity \
            providers. Outliers are dropped and the method is published. A daily fix at 16:00 \
            London for the books.",
        endpoint_url: "https://data.meridian.example/fx",
        price_minor: 25,
        unit: "1,000 quotes",
        units: 100_000,
        api_key: "demo-markets-fx-2d9e17",
    },
    Good {
        service_name: "Company fundamentals",
        description: "Balance sheets, income and cash flow of 52,000 listed companies, as filed \
            and as restated, with the filing's own reference for every figure. Point-in-time: no \
            peeking into the future.",
        endpoint_url: "https://data.meridian.example/fundamentals",
        price_minor: 999,
        unit: "500 companies",
        units: 900,
        api_key: "demo-markets-fundamentals-f4033b",
    },
    Good {
        service_name: "Filings full text search",
        description: "Every filing of the SEC's EDGAR, Companies House and the Japanese EDINET \
            since 2001, searchable within a minute of publication. Tables are parsed; exhibits \
            are included.",
        endpoint_url: "https://data.meridian.example/filings/search",
        price_minor: 300,
        unit: "1,000 searches",
        units: 10_000,
        api_key: "demo-markets-filings-8c61d5",
    },
    Good {
        service_name: "Power prices, day ahead",
        description: "Hourly and quarter-hourly auction results of 38 European bidding zones, \
            with flows and outages, pushed as soon as they are out. The forecast for tomorrow \
            comes at nine, two hours before the auction closes.",
        endpoint_url: "https://data.meridian.example/power",
        price_minor: 4_500,
        unit: "1 zone, 30 days",
        units: 300,
        api_key: "demo-markets-power-19ab72",
    },
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn all() -> impl Iterator<Item = &'static Good> {
        [NORTHWIND, ATLAS, MERIDIAN].into_iter().flatten()
    }

    #[test]
    fn every_demo_listing_is_one_in_any_currency() {
        for code in ["USD", "JPY", "KWD"] {
            let currency = code.parse().unwrap();
            for good in all() {
                assert!(
                    good.listing(currency).is_some(),
                    "{} in {code}",
                    good.service_name
                );
            }
        }
    }

    #[test]
    fn there_is_something_small_and_something_large() {
        let small = all().filter(|good| good.price_minor < 500).count();
        let large = all().filter(|good| good.price_minor >= 500).count();
        assert_eq!((small, large), (7, 5));
    }

    #[test]
    fn no_key_looks_real_and_no_two_are_the_same() {
        let keys: HashSet<&str> = all().map(|good| good.api_key).collect();
        assert_eq!(keys.len(), 12);
        assert!(keys.iter().all(|key| key.starts_with("demo-")));
    }
}
