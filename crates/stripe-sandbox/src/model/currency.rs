//! The currencies that Stripe charges in, with their decimals and minimum charges
//! (<https://docs.stripe.com/currencies>).

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Amounts are whole units of the currency.
const ZERO_DECIMALS: &[&str] = &[
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
    "xof", "xpf",
];

/// Amounts are thousandths; the last digit must be zero.
const THREE_DECIMALS: &[&str] = &["bhd", "jod", "kwd", "omr", "tnd"];

/// Amounts are hundredths.
const TWO_DECIMALS: &[&str] = &[
    "aed", "afn", "all", "amd", "ang", "aoa", "ars", "aud", "awg", "azn", "bam", "bbd", "bdt",
    "bgn", "bmd", "bnd", "bob", "brl", "bsd", "bwp", "byn", "bzd", "cad", "cdf", "chf", "cny",
    "cop", "crc", "cve", "czk", "dkk", "dop", "dzd", "egp", "etb", "eur", "fjd", "fkp", "gbp",
    "gel", "gip", "gmd", "gtq", "gyd", "hkd", "hnl", "htg", "huf", "idr", "ils", "inr", "isk",
    "jmd", "kes", "kgs", "khr", "kyd", "kzt", "lak", "lbp", "lkr", "lrd", "lsl", "mad", "mdl",
    "mkd", "mmk", "mnt", "mop", "mur", "mvr", "mwk", "mxn", "myr", "mzn", "nad", "ngn", "nio",
    "nok", "npr", "nzd", "pab", "pen", "pgk", "php", "pkr", "pln", "qar", "ron", "rsd", "rub",
    "sar", "sbd", "scr", "sek", "sgd", "shp", "sle", "sos", "srd", "std", "szl", "thb", "tjs",
    "top", "try", "ttd", "twd", "tzs", "uah", "ugx", "usd", "uyu", "uzs", "wst", "xcd", "xcg",
    "yer", "zar", "zmw",
];

/// Amounts are hundredths, for compatibility, of a currency without decimals: they must be multiples of
/// 100.
const TWO_ZERO_DECIMALS: &[&str] = &["isk", "ugx"];

/// Minimum charge, in Stripe's minor units, of the currencies for which Stripe names one.
const MINIMUM_CHARGES: &[(&str, i64)] = &[
    ("aed", 200),
    ("aud", 50),
    ("bgn", 100),
    ("brl", 50),
    ("cad", 50),
    ("chf", 50),
    ("czk", 1_500),
    ("dkk", 250),
    ("eur", 50),
    ("gbp", 30),
    ("hkd", 400),
    ("huf", 17_500),
    ("inr", 50),
    ("jpy", 50),
    ("mxn", 1_000),
    ("myr", 200),
    ("nok", 300),
    ("nzd", 50),
    ("pln", 200),
    ("ron", 200),
    ("sek", 300),
    ("sgd", 50),
    ("thb", 1_000),
    ("usd", 50),
];

/// A currency that Stripe charges in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Currency {
    /// ISO 4217 code in lower case, as in all of Stripe's API.
    code: &'static str,
    /// Decimals of an amount in Stripe's API.
    decimals: usize,
}

impl Currency {
    /// Finds a currency by its ISO 4217 code, in any case.
    pub(crate) fn from_code(text: &str) -> Option<Self> {
        let lists = [(ZERO_DECIMALS, 0), (TWO_DECIMALS, 2), (THREE_DECIMALS, 3)];
        lists.into_iter().find_map(|(codes, decimals)| {
            let code = codes.iter().find(|code| code.eq_ignore_ascii_case(text))?;
            Some(Self { code, decimals })
        })
    }

    pub(crate) const fn code(self) -> &'static str {
        self.code
    }

    /// Minimum charge, in minor units; 1 where Stripe names none.
    pub(crate) fn minimum_charge(self) -> i64 {
        let named = MINIMUM_CHARGES.iter().find(|(code, _)| *code == self.code);
        named.map_or(1, |(_, minimum)| *minimum)
    }

    /// Number that every amount must be a multiple of.
    pub(crate) fn increment(self) -> i64 {
        if self.decimals == 3 {
            10
        } else if TWO_ZERO_DECIMALS.contains(&self.code) {
            100
        } else {
            1
        }
    }

    /// Formats an amount in minor units: `2.50 USD`, `250 JPY`.
    pub(crate) fn format(self, amount: i64) -> String {
        let code = self.code.to_ascii_uppercase();
        if self.decimals == 0 {
            return format!("{amount} {code}");
        }
        let sign = if amount < 0 { "-" } else { "" };
        let width = self.decimals + 1;
        let digits = format!("{:0>width$}", amount.unsigned_abs());
        let (whole, fraction) = digits.split_at(digits.len() - self.decimals);
        format!("{sign}{whole}.{fraction} {code}")
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code).ok_or_else(|| D::Error::custom(format!("{code} is no currency")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_formatted_with_the_decimals_of_its_currency() {
        let format = |code, amount| Currency::from_code(code).unwrap().format(amount);
        assert_eq!(format("usd", 250), "2.50 USD");
        assert_eq!(format("usd", 5), "0.05 USD");
        assert_eq!(format("JPY", 250), "250 JPY");
        assert_eq!(format("kwd", 1_230), "1.230 KWD");
    }

    #[test]
    fn a_currency_that_stripe_does_not_charge_in_is_unknown() {
        assert_eq!(Currency::from_code("xxx"), None);
        assert_eq!(Currency::from_code(""), None);
        assert_eq!(Currency::from_code("xau"), None);
    }

    #[test]
    fn some_currencies_take_only_round_amounts() {
        let increment = |code| Currency::from_code(code).unwrap().increment();
        assert_eq!(
            (increment("usd"), increment("kwd"), increment("ugx")),
            (1, 10, 100)
        );
    }
}
