//! The command that installs PostgreSQL on this system.

use std::fs;

use crate::version::OLDEST_MAJOR;

/// Values of `ID` and `ID_LIKE` in os-release(5), with the command that installs PostgreSQL.
const COMMANDS: [(&[&str], &str); 5] = [
    (&["debian", "ubuntu"], "apt-get install postgresql"),
    (
        &["fedora", "rhel", "centos"],
        "dnf install postgresql-server",
    ),
    (&["alpine"], "apk add postgresql"),
    (&["arch"], "pacman -S postgresql"),
    (&["suse", "opensuse"], "zypper install postgresql-server"),
];

/// Returns the command for this operating system, as a clause of an error message.
pub(super) fn for_this_machine() -> String {
    if cfg!(target_os = "macos") {
        return install_with("brew install postgresql@17");
    }
    for_system(&fs::read_to_string("/etc/os-release").unwrap_or_default())
}

fn for_system(os_release: &str) -> String {
    let families: Vec<&str> = os_release
        .lines()
        .filter_map(|line| {
            line.strip_prefix("ID=")
                .or_else(|| line.strip_prefix("ID_LIKE="))
        })
        .flat_map(|value| value.trim_matches(['"', '\'']).split_whitespace())
        .collect();
    let known = COMMANDS
        .iter()
        .find(|(names, _)| names.iter().any(|name| families.contains(name)));
    match known {
        Some((_, command)) => install_with(command),
        None => {
            format!("install PostgreSQL {OLDEST_MAJOR} or newer with this system's package manager")
        }
    }
}

fn install_with(command: &str) -> String {
    format!("install it with `{command}`")
}

#[cfg(test)]
mod tests {
    use super::for_system;

    #[test]
    fn a_distribution_has_its_own_command() {
        let advice = for_system("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n");
        assert_eq!(advice, "install it with `apt-get install postgresql`");
    }

    #[test]
    fn a_derived_distribution_has_the_command_of_its_family() {
        let advice = for_system("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n");
        assert_eq!(advice, "install it with `dnf install postgresql-server`");
    }

    #[test]
    fn an_unknown_system_gets_general_advice() {
        let advice = for_system("ID=plan9\n");
        assert_eq!(
            advice,
            "install PostgreSQL 14 or newer with this system's package manager"
        );
    }
}
