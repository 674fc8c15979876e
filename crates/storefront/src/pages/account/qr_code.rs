use std::fmt::Write;

use qrcode::{Color, EcLevel};

/// Modules around a code that stay light (ISO/IEC 18004, section 9.1).
const QUIET_ZONE: usize = 4;

/// A QR code, as the path of an SVG in which a module is a unit.
pub(super) struct QrCode {
    /// Side of the square, quiet zone included.
    pub(super) side: usize,
    /// Its dark modules.
    pub(super) path: String,
}

impl QrCode {
    /// The code of a text; `None` if it is too long for one.
    pub(super) fn of(text: &str) -> Option<Self> {
        let code = qrcode::QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (number, color) in code.to_colors().into_iter().enumerate() {
            let (x, y) = (number.checked_rem(width)?, number.checked_div(width)?);
            if color == Color::Dark {
                let (x, y) = (x.saturating_add(QUIET_ZONE), y.saturating_add(QUIET_ZONE));
                // Writing to a string cannot fail.
                let _ = write!(path, "M{x} {y}h1v1h-1z");
            }
        }
        Some(Self {
            side: width.saturating_add(QUIET_ZONE).saturating_add(QUIET_ZONE),
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_begins_with_a_dark_corner_inside_its_quiet_zone() {
        let code = QrCode::of("otpauth://totp/a").unwrap();
        // Version 2 has 25 modules a side.
        assert_eq!(code.side, 33);
        assert!(code.path.starts_with("M4 4h1v1h-1zM5 4h1v1h-1z"));
        assert!(QrCode::of(&"x".repeat(3_000)).is_none());
    }
}
