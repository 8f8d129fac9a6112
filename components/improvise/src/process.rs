//! What a program does to itself, and to the terminal.

use crate::bindings::wasi::cli::{environment, exit, stderr, stdin, stdout};
use crate::bindings::wasi::clocks::{monotonic_clock, wall_clock};
use crate::bindings::wasi::random::random;
use crate::instruction::Instruction;
use std::hint::black_box;

const MIB: usize = 1024 * 1024;

pub fn call(i: &mut Instruction) -> Option<String> {
    let said = match i.name {
        "stdin" => {
            let to = i.register();
            i.keep(to, stdin::get_stdin());
            String::new()
        }
        "stdout" => {
            let to = i.register();
            i.keep(to, stdout::get_stdout());
            String::new()
        }
        "stderr" => {
            let to = i.register();
            i.keep(to, stderr::get_stderr());
            String::new()
        }
        "environment" => {
            format!(
                "{} {} {:?}",
                environment::get_environment().len(),
                environment::get_arguments().len(),
                environment::initial_cwd()
            )
        }
        "exit" => {
            exit::exit(if i.number::<u32>() == 0 { Ok(()) } else { Err(()) });
            unreachable!("exit does not return")
        }
        "trap" => core::arch::wasm32::unreachable(),
        "random" => format!("{}", random::get_random_bytes(i.number()).len()),
        "wall-clock" => format!("{}", wall_clock::now().nanoseconds < 1_000_000_000),
        // Computes for so many milliseconds.
        "spin" => {
            let end = monotonic_clock::now().saturating_add(i.number::<u64>().saturating_mul(1_000_000));
            while monotonic_clock::now() < end {}
            String::new()
        }
        "loop" => loop {
            black_box(0);
        },
        "recurse" => format!("{}", recurse(i.number())),
        // Keeps so many MiB.
        "take-memory" => {
            let size = i.number::<usize>().saturating_mul(MIB);
            Box::leak(black_box(vec![1_u8; size]).into_boxed_slice());
            String::new()
        }
        _ => return None,
    };
    Some(said)
}

#[inline(never)]
fn recurse(depth: u64) -> u64 {
    match depth {
        0 => 0,
        _ => black_box(recurse(black_box(depth - 1))) + 1,
    }
}
