//! `udam id`.

use std::str::FromStr;

use thiserror::Error;
use udam_domain::id::{
    AccessKeyId, AccountId, AccountKeyId, CallId, ChargeId, ListingId, OrderId, RefundId,
    SecondFactorId, SessionId, TokenId,
};
use uuid::Uuid;

use crate::terminal::{Terminal, TerminalError};

/// An identifier to be translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnyId {
    /// As clients, logs and the payment provider have it, such as `ord_…`; the UUID that it stands for.
    Typed(Uuid),
    /// As the database has it.
    Uuid(Uuid),
}

/// The text is no identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be an identifier such as ord_01h455vb4pex5vsknk084sn02q, or a UUID")]
pub struct AnyIdError;

/// What an identifier of each kind is as a UUID, and a UUID as an identifier of each kind.
macro_rules! kinds {
    ($($id:ident),* $(,)?) => {
        fn uuid_of(text: &str) -> Option<Uuid> {
            None$(.or_else(|| text.parse::<$id>().ok().map($id::uuid)))*
        }

        fn every_form(uuid: Uuid) -> Vec<String> {
            vec![$($id::from_uuid(uuid).to_string()),*]
        }
    };
}

kinds!(
    AccountId,
    ListingId,
    OrderId,
    TokenId,
    AccessKeyId,
    AccountKeyId,
    CallId,
    ChargeId,
    RefundId,
    SessionId,
    SecondFactorId,
);

impl FromStr for AnyId {
    type Err = AnyIdError;

    fn from_str(text: &str) -> Result<Self, AnyIdError> {
        let typed = uuid_of(text).map(Self::Typed);
        let stored = || text.parse().ok().map(Self::Uuid);
        typed.or_else(stored).ok_or(AnyIdError)
    }
}

/// Prints the UUID of each identifier. Of a UUID, which does not tell its kind, it prints the identifiers of all
/// kinds, one a line.
///
/// # Errors
/// [`TerminalError`]
pub fn translate(ids: &[AnyId], terminal: &mut Terminal<'_>) -> Result<(), TerminalError> {
    for id in ids {
        match id {
            AnyId::Typed(uuid) => terminal.print(uuid)?,
            AnyId::Uuid(uuid) => {
                for form in every_form(*uuid) {
                    terminal.print(form)?;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> Vec<String> {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let mut terminal = Terminal::new(&mut stdout, &mut stderr);
        translate(&[text.parse().unwrap()], &mut terminal).unwrap();
        let printed = String::from_utf8(stdout).unwrap();
        printed.lines().map(str::to_owned).collect()
    }

    #[test]
    fn an_identifier_of_any_kind_is_its_uuid_and_back() {
        const UUID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
        const SUFFIX: &str = "01h455vb4pex5vsknk084sn02q";
        let forms = printed(UUID);
        let kinds = [
            "acc", "lst", "ord", "tok", "key", "pak", "cal", "chg", "rfd", "ses", "fac",
        ];
        assert_eq!(forms, kinds.map(|kind| format!("{kind}_{SUFFIX}")));
        for form in forms {
            assert_eq!(printed(&form), [UUID]);
        }
        assert_eq!(printed(&UUID.to_uppercase()), printed(UUID));
    }

    #[test]
    fn what_is_no_identifier_is_refused() {
        for text in [
            "",
            "ord_",
            "xyz_01h455vb4pex5vsknk084sn02q",
            "ord_01H455VB4PEX5VSKNK084SN02Q",
            "1",
        ] {
            assert_eq!(text.parse::<AnyId>(), Err(AnyIdError), "{text}");
        }
    }
}
