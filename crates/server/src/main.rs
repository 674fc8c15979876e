//! The binary `udam`.

use std::io::{stderr, stdout};
use std::process::ExitCode;

use clap::Parser;
use udam_server::cli::CommandLine;
use udam_server::config::Environment;
use udam_server::run;
use udam_server::terminal::Terminal;

fn main() -> ExitCode {
    let asked = CommandLine::parse();
    let (mut answers, mut remarks) = (stdout(), stderr());
    let mut terminal = Terminal::new(&mut answers, &mut remarks);
    match run(asked.command, Environment::of_this_process(), &mut terminal) {
        Ok(ending) => ending.into(),
        Err(failure) => {
            terminal.remark(format_args!("udam: {}", failure.error_chain()));
            failure.exit_code()
        }
    }
}
