//! The currencies that Stripe charges in, each with its own smallest unit
//! (<https://docs.stripe.com/currencies>).

/// Amounts are whole units.
const NO_DECIMALS: &[&str] = &[
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
    "xof", "xpf",
];

/// Amounts are thousandths, of which the last digit must be zero.
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

/// Hundredths on the wire, though the currency has none: amounts must be whole.
const WHOLE_THOUGH_TWO_DECIMALS: &[&str] = &["isk", "ugx"];

/// A charge's least amount, where Stripe names one.
const LEAST: &[(&str, i64)] = &[
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
    /// In lower case, as in all of Stripe's API.
    code: &'static str,
    decimals: usize,
}

impl Currency {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let lists = [(NO_DECIMALS, 0), (TWO_DECIMALS, 2), (THREE_DECIMALS, 3)];
        lists.into_iter().find_map(|(codes, decimals)| {
            let code = codes.iter().find(|code| code.eq_ignore_ascii_case(text))?;
            Some(Self { code, decimals })
        })
    }

    pub(crate) const fn code(self) -> &'static str {
        self.code
    }

    /// The least that can be charged.
    pub(crate) fn least(self) -> i64 {
        let named = LEAST.iter().find(|(code, _)| *code == self.code);
        named.map_or(1, |(_, least)| *least)
    }

    /// What an amount must be a multiple of.
    pub(crate) fn step(self) -> i64 {
        if self.decimals == 3 {
            10
        } else if WHOLE_THOUGH_TWO_DECIMALS.contains(&self.code) {
            100
        } else {
            1
        }
    }

    /// The amount as people write it: `2.50 USD`, `250 JPY`.
    pub(crate) fn write(self, amount: i64) -> String {
        let code = self.code.to_ascii_uppercase();
        if self.decimals == 0 {
            return format!("{amount} {code}");
        }
        let sign = if amount < 0 { "-" } else { "" };
        let digits = format!(
            "{:0>width$}",
            amount.unsigned_abs(),
            width = self.decimals + 1
        );
        let (whole, fraction) = digits.split_at(digits.len() - self.decimals);
        format!("{sign}{whole}.{fraction} {code}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_written_in_its_currency_s_own_decimals() {
        let write = |code, amount| Currency::parse(code).unwrap().write(amount);
        assert_eq!(write("usd", 250), "2.50 USD");
        assert_eq!(write("usd", 5), "0.05 USD");
        assert_eq!(write("JPY", 250), "250 JPY");
        assert_eq!(write("kwd", 1_230), "1.230 KWD");
    }

    #[test]
    fn what_stripe_does_not_charge_in_is_unknown() {
        assert_eq!(Currency::parse("xxx"), None);
        assert_eq!(Currency::parse(""), None);
        assert_eq!(Currency::parse("xau"), None);
    }

    #[test]
    fn some_currencies_take_only_round_amounts() {
        let step = |code| Currency::parse(code).unwrap().step();
        assert_eq!((step("usd"), step("kwd"), step("ugx")), (1, 10, 100));
    }
}
