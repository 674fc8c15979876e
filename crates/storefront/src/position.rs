//! Where a page of the catalogue ended, as the address of the next one says it.

use udam_domain::id::ListingId;
use udam_domain::listing::{CataloguePosition, Sort};

/// Writes a position.
pub(crate) fn write(position: CataloguePosition) -> String {
    match position {
        CataloguePosition::Newest(id) => id.to_string(),
        CataloguePosition::Price(minor, id) => format!("{minor}.{id}"),
        CataloguePosition::Relevance(rank, id) => format!("{:08x}.{id}", rank.to_bits()),
    }
}

/// Reads a position of a catalogue in this order.
pub(crate) fn read(text: &str, sort: Sort) -> Option<CataloguePosition> {
    let behind = || text.split_once('.');
    let id = |text: &str| text.parse::<ListingId>().ok();
    Some(match sort {
        Sort::Newest => CataloguePosition::Newest(id(text)?),
        Sort::Price | Sort::PriceDescending => {
            let (minor, listing) = behind()?;
            let minor = minor.parse::<u64>().ok()?;
            CataloguePosition::Price(i64::try_from(minor).ok()?, id(listing)?)
        }
        Sort::Relevance => {
            let (bits, listing) = behind()?;
            let rank = f32::from_bits(u32::from_str_radix(bits, 16).ok()?);
            Some(rank).filter(|rank| rank.is_finite())?;
            CataloguePosition::Relevance(rank, id(listing)?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_was_written() {
        let id: ListingId = "lst_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        for (position, sort) in [
            (CataloguePosition::Newest(id), Sort::Newest),
            (CataloguePosition::Price(250, id), Sort::Price),
            (CataloguePosition::Relevance(0.607_927, id), Sort::Relevance),
        ] {
            assert_eq!(read(&write(position), sort), Some(position));
        }
    }

    #[test]
    fn anything_else_is_no_position() {
        let id = "lst_01h455vb4pex5vsknk084sn02q";
        for (text, sort) in [
            ("", Sort::Newest),
            (id, Sort::Price),
            (&format!("-1.{id}"), Sort::Price),
            (&format!("7fc00000.{id}"), Sort::Relevance),
        ] {
            assert_eq!(read(text, sort), None, "{text}");
        }
    }
}
