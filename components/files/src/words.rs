//! What the words of a call stand for.

use crate::wasi::filesystem::types::{
    Datetime, DescriptorFlags, DescriptorType, NewTimestamp, OpenFlags, PathFlags,
};
use percent_encoding::percent_decode_str;

pub fn text(word: &str) -> String {
    percent_decode_str(word).decode_utf8_lossy().into_owned()
}

pub fn path_flags(word: &str) -> PathFlags {
    if word.contains('f') { PathFlags::SYMLINK_FOLLOW } else { PathFlags::empty() }
}

pub fn open_flags(word: &str) -> OpenFlags {
    word.chars().fold(OpenFlags::empty(), |flags, letter| {
        flags
            | match letter {
                'c' => OpenFlags::CREATE,
                'd' => OpenFlags::DIRECTORY,
                'x' => OpenFlags::EXCLUSIVE,
                't' => OpenFlags::TRUNCATE,
                _ => OpenFlags::empty(),
            }
    })
}

const DESCRIPTOR_FLAGS: [(char, DescriptorFlags); 6] = [
    ('r', DescriptorFlags::READ),
    ('w', DescriptorFlags::WRITE),
    ('m', DescriptorFlags::MUTATE_DIRECTORY),
    ('i', DescriptorFlags::FILE_INTEGRITY_SYNC),
    ('n', DescriptorFlags::DATA_INTEGRITY_SYNC),
    ('q', DescriptorFlags::REQUESTED_WRITE_SYNC),
];

pub fn descriptor_flags(word: &str) -> DescriptorFlags {
    let set = DESCRIPTOR_FLAGS.iter().filter(|(letter, _)| word.contains(*letter));
    set.fold(DescriptorFlags::empty(), |flags, (_, flag)| flags | *flag)
}

pub fn letters(flags: DescriptorFlags) -> String {
    DESCRIPTOR_FLAGS.iter().filter(|(_, flag)| flags.contains(*flag)).map(|(letter, _)| letter).collect()
}

/// `no`, `now`, or seconds and nanoseconds as `1.5`.
pub fn time(word: &str) -> NewTimestamp {
    match word {
        "no" => NewTimestamp::NoChange,
        "now" => NewTimestamp::Now,
        _ => {
            let (seconds, nanoseconds) = word.split_once('.').unwrap_or((word, "0"));
            NewTimestamp::Timestamp(Datetime {
                seconds: seconds.parse().unwrap_or_default(),
                nanoseconds: nanoseconds.parse().unwrap_or_default(),
            })
        }
    }
}

pub fn written_time(time: Option<Datetime>) -> String {
    time.map_or_else(|| "none".to_owned(), |time| format!("{}.{}", time.seconds, time.nanoseconds))
}

pub fn kind(kind: DescriptorType) -> &'static str {
    match kind {
        DescriptorType::Directory => "directory",
        DescriptorType::RegularFile => "file",
        DescriptorType::SymbolicLink => "link",
        DescriptorType::Fifo => "fifo",
        DescriptorType::Socket => "socket",
        DescriptorType::BlockDevice | DescriptorType::CharacterDevice => "device",
        DescriptorType::Unknown => "unknown",
    }
}
