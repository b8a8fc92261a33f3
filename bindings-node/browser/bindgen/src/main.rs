//! Makes the JavaScript for a WebAssembly module, as the `wasm-bindgen` command does. Unlike the command, this program
//! has no test runner.

use std::error::Error;
use std::{env, io};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let (Some(module), Some(folder), Some(name)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "usage: onroll-bindgen MODULE FOLDER NAME").into());
    };
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name(&name.to_string_lossy())
        .typescript(true)
        .omit_default_module_path(true)
        .web(true)?;
    // The names of functions are only for debugging, and are a twentieth of the file.
    bindgen.remove_name_section(true).remove_producers_section(true);
    Ok(bindgen.generate(folder)?)
}
