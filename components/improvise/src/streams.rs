//! Streams and pollables.

use crate::bindings::wasi::clocks::monotonic_clock;
use crate::instruction::Instruction;
use guest_http::bindings::wasi::io::poll::{self, Pollable};
use guest_http::bindings::wasi::io::streams::{InputStream, OutputStream, StreamError};
use std::mem::ManuallyDrop;

pub fn call(i: &mut Instruction) -> Option<String> {
    poll_call(i).or_else(|| input_call(i)).or_else(|| output_call(i))
}

fn poll_call(i: &mut Instruction) -> Option<String> {
    let said = match i.name {
        "subscribe-duration" => {
            let (to, nanoseconds) = (i.register(), i.number());
            i.keep(to, monotonic_clock::subscribe_duration(nanoseconds));
            String::new()
        }
        "subscribe-instant" => {
            let (to, instant) = (i.register(), i.number());
            i.keep(to, monotonic_clock::subscribe_instant(instant));
            String::new()
        }
        "pollable.ready" => format!("{}", i.lend::<Pollable>().ready()),
        "pollable.block" => {
            i.lend::<Pollable>().block();
            String::new()
        }
        "poll" => {
            let count: usize = i.number();
            let pollables: Vec<ManuallyDrop<Pollable>> = (0..count).map(|_| i.lend()).collect();
            let borrowed: Vec<&Pollable> = pollables.iter().map(|pollable| &**pollable).collect();
            format!("{:?}", poll::poll(&borrowed))
        }
        _ => return None,
    };
    Some(said)
}

fn input_call(i: &mut Instruction) -> Option<String> {
    let call: fn(&InputStream, u64) -> Result<u64, StreamError> = match i.name {
        "input-stream.read" => |stream, length| stream.read(length).map(|bytes| bytes.len() as u64),
        "input-stream.blocking-read" => {
            |stream, length| stream.blocking_read(length).map(|bytes| bytes.len() as u64)
        }
        "input-stream.skip" => InputStream::skip,
        "input-stream.blocking-skip" => InputStream::blocking_skip,
        "input-stream.subscribe" => {
            let (to, stream) = (i.register(), i.lend::<InputStream>());
            i.keep(to, stream.subscribe());
            return Some(String::new());
        }
        _ => return None,
    };
    let (stream, length) = (i.lend::<InputStream>(), i.number());
    Some(outcome(call(&stream, length)))
}

fn output_call(i: &mut Instruction) -> Option<String> {
    let call: fn(&OutputStream, &mut Instruction) -> String = match i.name {
        "output-stream.check-write" => |stream, _| outcome(stream.check_write()),
        "output-stream.write" => |stream, i| outcome(stream.write(&i.bytes())),
        "output-stream.blocking-write-and-flush" => {
            |stream, i| outcome(stream.blocking_write_and_flush(&i.bytes()))
        }
        "output-stream.flush" => |stream, _| outcome(stream.flush()),
        "output-stream.blocking-flush" => |stream, _| outcome(stream.blocking_flush()),
        "output-stream.write-zeroes" => |stream, i| outcome(stream.write_zeroes(i.number())),
        "output-stream.blocking-write-zeroes-and-flush" => {
            |stream, i| outcome(stream.blocking_write_zeroes_and_flush(i.number()))
        }
        "output-stream.splice" => |stream, i| {
            let (source, length) = (i.lend::<InputStream>(), i.number());
            outcome(stream.splice(&source, length))
        },
        "output-stream.blocking-splice" => |stream, i| {
            let (source, length) = (i.lend::<InputStream>(), i.number());
            outcome(stream.blocking_splice(&source, length))
        },
        // As a well-behaved program does it.
        "output-stream.write-all" => |stream, i| outcome(write_all(stream, &i.bytes())),
        "output-stream.subscribe" => {
            let (to, stream) = (i.register(), i.lend::<OutputStream>());
            i.keep(to, stream.subscribe());
            return Some(String::new());
        }
        _ => return None,
    };
    let stream = i.lend::<OutputStream>();
    Some(call(&stream, i))
}

fn write_all(stream: &OutputStream, mut bytes: &[u8]) -> Result<(), StreamError> {
    while !bytes.is_empty() {
        let permit = stream.check_write()?;
        if permit == 0 {
            stream.subscribe().block();
            continue;
        }
        let (now, later) = bytes.split_at(bytes.len().min(permit as usize));
        stream.write(now)?;
        bytes = later;
    }
    Ok(())
}

fn outcome<T: std::fmt::Debug>(result: Result<T, StreamError>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(StreamError::Closed) => "closed".to_owned(),
        Err(StreamError::LastOperationFailed(error)) => format!("failed {}", error.to_debug_string()),
    }
}
