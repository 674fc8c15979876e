//! What the command line accepts.

use std::path::PathBuf;

use clap::{CommandFactory, Parser};
use udam_config::setting;
use udam_server::cli::{Command, CommandLine};

fn parse(line: &str) -> Result<Command, clap::Error> {
    CommandLine::try_parse_from(line.split(' ')).map(|line| line.command)
}

#[test]
fn the_command_line_is_sound() {
    CommandLine::command().debug_assert();
}

#[cfg(feature = "dev")]
#[test]
fn development_takes_no_arguments_and_a_few_options() {
    let Command::Dev(plain) = parse("udam dev").unwrap() else {
        panic!()
    };
    assert_eq!((plain.listen, plain.no_demo), (None, false));
    assert_eq!(plain.data_dir, PathBuf::from(".udam"));
    let line = "udam dev --listen 0.0.0.0:0 --data-dir /tmp/x --no-demo";
    let Command::Dev(chosen) = parse(line).unwrap() else {
        panic!()
    };
    assert_eq!(chosen.listen.unwrap().to_string(), "0.0.0.0:0");
    assert_eq!(chosen.data_dir, PathBuf::from("/tmp/x"));
    assert!(chosen.no_demo);
}

#[test]
fn production_takes_a_file() {
    let line = "udam serve --config udam.toml --no-migrate";
    let Command::Serve(serve) = parse(line).unwrap() else {
        panic!()
    };
    assert_eq!(serve.settings.config, Some(PathBuf::from("udam.toml")));
    assert!(serve.no_migrate);
}

#[test]
fn a_mistake_is_a_usage_error() {
    for line in [
        "udam",
        "udam dev --listen x",
        "udam keys generate --id a:b",
        "udam serve --data-dir x",
        "udam id",
        "udam id ord_1",
    ] {
        let error = parse(line).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{line}");
    }
}

#[test]
fn help_lists_every_setting() {
    let mut command = CommandLine::command();
    let serve = command.find_subcommand_mut("serve").unwrap();
    let help = serve.render_long_help().to_string();
    for setting in setting::ALL {
        assert!(help.contains(setting.name), "{help}");
    }
}
