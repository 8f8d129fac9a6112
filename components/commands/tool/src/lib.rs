//! A command: what it does is its first argument, or the first word of the variable `JOB` where it has none.

use exports::wasi::cli::run::Guest;
use wasi::cli::{environment, exit, stderr, stdin, stdout, terminal_stdin, terminal_stdout};
use wasi::filesystem::preopens;
use wasi::filesystem::types::{DescriptorFlags, OpenFlags, PathFlags};
use wasi::io::streams::{OutputStream, StreamError};
use wasi::keyvalue::{atomics, store};

wit_bindgen::generate!({
    world: "kvasi:tool/tool",
    path: [
        "../../../wit/wasi-io@0.2.12",
        "../../../wit/wasi-clocks@0.2.12",
        "../../../wit/wasi-filesystem@0.2.12",
        "../../../wit/wasi-random@0.2.12",
        "../../../wit/wasi-sockets@0.2.12",
        "../../../wit/wasi-cli@0.2.12",
        "../../../wit/wasi-keyvalue@0.2.0-draft",
        "../../../wit/worlds/tool.wit",
    ],
    generate_all,
});

struct Tool;

export!(Tool);

impl Guest for Tool {
    fn run() -> Result<(), ()> {
        let mut arguments = environment::get_arguments();
        if let [_] = arguments[..] {
            let variables = environment::get_environment();
            let job = variables.iter().find(|(name, _)| name == "JOB");
            arguments.extend(job.into_iter().flat_map(|(_, words)| words.split(' ').map(str::to_owned)));
        }
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let result = match words[1..] {
            ["arguments", ..] => arguments.iter().try_for_each(|argument| print(argument)),
            ["environment"] => environment::get_environment()
                .iter()
                .try_for_each(|(name, value)| print(&format!("{name}={value}"))),
            ["cat"] => copy(),
            ["lines"] => count_lines(),
            ["terminals"] => print(&format!(
                "{} {}",
                terminal_stdin::get_terminal_stdin().is_some(),
                terminal_stdout::get_terminal_stdout().is_some()
            )),
            ["warn", text] => write(&stderr::get_stderr(), format!("{text}\n").as_bytes()),
            ["read", file] => print(&read(file)),
            ["count", key] => count(key),
            ["flood"] => flood(),
            ["exit", "ok"] => {
                exit::exit(Ok(()));
                Ok(())
            }
            ["exit", "error"] => {
                exit::exit(Err(()));
                Ok(())
            }
            ["exit", code] => {
                exit::exit_with_code(code.parse().unwrap_or(99));
                Ok(())
            }
            ["trap"] => core::arch::wasm32::unreachable(),
            ["compute"] => loop {
                core::hint::black_box(());
            },
            _ => return Err(()),
        };
        result.map_err(|_| ())
    }
}

fn print(line: &str) -> Result<(), StreamError> {
    write(&stdout::get_stdout(), format!("{line}\n").as_bytes())
}

fn write(out: &OutputStream, bytes: &[u8]) -> Result<(), StreamError> {
    bytes.chunks(4096).try_for_each(|chunk| out.blocking_write_and_flush(chunk))
}

/// Passes standard input on as it comes.
fn copy() -> Result<(), StreamError> {
    let (input, out) = (stdin::get_stdin(), stdout::get_stdout());
    loop {
        match input.blocking_read(65_536) {
            Ok(bytes) => write(&out, &bytes)?,
            Err(StreamError::Closed) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

fn count_lines() -> Result<(), StreamError> {
    let input = stdin::get_stdin();
    let (mut lines, mut bytes) = (0, 0);
    while let Ok(chunk) = input.blocking_read(1_000_000) {
        lines += chunk.iter().filter(|byte| **byte == b'\n').count();
        bytes += chunk.len();
    }
    print(&format!("{lines} lines, {bytes} bytes"))
}

/// Writes for ever.
fn flood() -> Result<(), StreamError> {
    let out = stdout::get_stdout();
    loop {
        out.blocking_write_and_flush(&[b'y'; 4096])?;
    }
}

/// A file of the first folder.
fn read(file: &str) -> String {
    let folders = preopens::get_directories();
    let Some((folder, _)) = folders.first() else { return "no folder".to_owned() };
    let flags = PathFlags::SYMLINK_FOLLOW;
    match folder.open_at(flags, file, OpenFlags::empty(), DescriptorFlags::READ) {
        Ok(opened) => match opened.read(65_536, 0) {
            Ok((bytes, _)) => String::from_utf8_lossy(&bytes).trim_end().to_owned(),
            Err(code) => format!("{code:?}"),
        },
        Err(code) => format!("{code:?}"),
    }
}

fn count(key: &str) -> Result<(), StreamError> {
    let counted = store::open("in_memory").and_then(|bucket| atomics::increment(&bucket, key, 1));
    print(&format!("{counted:?}"))
}
