//! What a component may do between two operations of `wasi:keyvalue`.

use crate::dialect::wasi::clocks::monotonic_clock::now;
use std::hint::black_box;

/// Rounds between two looks at the clock: well below a millisecond.
const ROUNDS: u64 = 100_000;

/// Computes for that long, without waiting for anything.
pub fn busy(milliseconds: u64) {
    let end = now().saturating_add(milliseconds.saturating_mul(1_000_000));
    while now() < end {
        for round in 0..ROUNDS {
            black_box(round);
        }
    }
}

pub fn trap() -> ! {
    panic!("kv-probe panics because it was asked to");
}

pub fn spin() -> ! {
    let mut rounds = 0_u64;
    loop {
        rounds = black_box(rounds.wrapping_add(1));
    }
}
