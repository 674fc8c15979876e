//! `udam keys generate`.

use udam_crypto::MasterKey;
use udam_domain::listing::{KeyId, KeyIdError};
use udam_domain::{Clock, Entropy};

use crate::terminal::{Terminal, TerminalError};

/// Prints a new key, and nothing else on standard output: the line is the setting's value.
///
/// # Errors
/// [`TerminalError`]
pub fn generate(id: KeyId, terminal: &mut Terminal<'_>) -> Result<(), TerminalError> {
    let key = MasterKey::generate(id);
    terminal.print(key.to_text().expose())?;
    terminal.eprint(
        "The first key there is goes into UDAM_MASTER_KEYS as it is. Any other goes last in every \
         server's list, and then, once all have been restarted with it, first; then run `udam keys \
         rotate`. Keep a copy apart from the database and its backups: without the key, no seller's \
         key can be opened again.",
    );
    Ok(())
}

/// Default id of a key: the day, and four random digits, as two keys of one day need different ids.
///
/// # Errors
/// Never in practice: the name has the form of a key id.
pub fn id_of_today(clock: &dyn Clock, entropy: &dyn Entropy) -> Result<KeyId, KeyIdError> {
    let mut random = [0; 2];
    entropy.fill(&mut random);
    let day = clock.now().strftime("%Y-%m-%d");
    format!("{day}-{:04x}", u16::from_be_bytes(random)).parse()
}

#[cfg(test)]
mod tests {
    use udam_crypto::{MasterKeys, SystemEntropy};
    use udam_domain::time::Timestamp;
    use udam_domain::{MockClock, MockEntropy};

    use super::*;

    #[test]
    fn the_printed_line_is_a_setting_and_advice_goes_elsewhere() {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let mut terminal = Terminal::new(&mut stdout, &mut stderr);
        generate("autumn".parse().unwrap(), &mut terminal).unwrap();
        let printed = String::from_utf8(stdout).unwrap();
        assert_eq!(printed.lines().count(), 1);
        let keys: MasterKeys = printed.parse().unwrap();
        assert_eq!(keys.active().as_str(), "autumn");
        let secret = printed.trim_end().strip_prefix("autumn:").unwrap();
        assert!(!String::from_utf8(stderr).unwrap().contains(secret));
    }

    #[test]
    fn a_key_is_called_by_its_day() {
        let mut clock = MockClock::new();
        clock
            .expect_now()
            .return_const("2026-11-24T23:59:59Z".parse::<Timestamp>().unwrap());
        let mut entropy = MockEntropy::new();
        entropy
            .expect_fill()
            .returning(|bytes| bytes.copy_from_slice(&[0, 0xa7]));
        assert_eq!(
            id_of_today(&clock, &entropy).unwrap().as_str(),
            "2026-11-24-00a7"
        );
        assert!(id_of_today(&clock, &SystemEntropy).is_ok());
    }
}
