//! Bytes that nothing else writes. They are computed, so that they are not among the data of the component.

pub const LENGTH: usize = 32;

fn byte(index: usize) -> u8 {
    (std::hint::black_box(index) as u8).wrapping_mul(37).wrapping_add(11) ^ 0xa5
}

pub fn write(at: *mut u8) {
    for index in 0..LENGTH {
        // The caller gives an address in memory; that is what this component is about.
        unsafe { at.add(index).write_volatile(byte(index)) };
    }
}

/// How often the bytes are found below `end`.
pub fn count(end: usize) -> usize {
    let mut found = 0;
    let mut at = 1;
    while at + LENGTH <= end {
        if (0..LENGTH).all(|index| unsafe { ((at + index) as *const u8).read_volatile() } == byte(index)) {
            found += 1;
            at += LENGTH;
        } else {
            at += 1;
        }
    }
    found
}
