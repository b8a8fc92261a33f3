//! `onroll completion`: writes the completions for a shell.

use clap::Args;
use clap_complete::Shell;

use super::OK;
use super::console::Console;
use super::failure::Failure;

/// Print a script that completes commands and options in a shell
#[derive(Args)]
#[command(
    after_long_help = "Examples:\n  onroll completion bash >~/.local/share/bash-completion/completions/onroll\n  \
                       onroll completion zsh >~/.zfunc/_onroll\n  \
                       onroll completion fish >~/.config/fish/completions/onroll.fish\n  \
                       onroll completion powershell >>$PROFILE"
)]
pub(super) struct Completion {
    /// The shell
    shell: Shell,
}

impl Completion {
    pub(super) fn run(&self, command: &mut clap::Command, console: &mut Console<'_>) -> Result<u8, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, command, "onroll", &mut script);
        console.print(&String::from_utf8_lossy(&script))?;
        Ok(OK)
    }
}
