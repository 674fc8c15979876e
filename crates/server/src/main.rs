//! The binary `udam`.

use std::io::{stderr, stdout};
use std::process::ExitCode;

use clap::Parser;
use udam_config::Environment;
use udam_server::cli::CommandLine;
use udam_server::run;
use udam_server::terminal::Terminal;

fn main() -> ExitCode {
    udam_allocator::give_back_at_once();
    let command_line = CommandLine::parse();
    let (mut stdout, mut stderr) = (stdout(), stderr());
    let mut terminal = Terminal::new(&mut stdout, &mut stderr);
    match run(
        command_line.command,
        Environment::of_this_process(),
        &mut terminal,
    ) {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            terminal.eprint(format_args!("udam: {}", failure.error_chain()));
            failure.exit_code()
        }
    }
}
