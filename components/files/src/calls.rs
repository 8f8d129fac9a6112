//! One function of `wasi:filesystem` for each line.

use crate::wasi::filesystem::preopens::get_directories;
use crate::wasi::filesystem::types::{
    Advice, Descriptor, DescriptorStat, ErrorCode, filesystem_error_code,
};
use crate::words;
use guest_http::bindings::wasi::io::streams::{InputStream, OutputStream, StreamError};
use std::collections::HashMap;

/// What a call answers, or why there is no answer.
type Answer = Result<String, String>;

pub struct Calls {
    descriptors: HashMap<String, Descriptor>,
    kept: Vec<Descriptor>,
}

impl Calls {
    pub fn new() -> Self {
        let root = get_directories().into_iter().next().map(|(root, _)| ("root".to_owned(), root));
        Self { descriptors: root.into_iter().collect(), kept: Vec::new() }
    }

    pub fn call(&mut self, line: &str) -> Answer {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["preopens"] => Ok(get_directories().iter().map(|(_, path)| format!("{path} ")).collect()),
            ["open", name, at, path, follow, how, flags] => {
                let opened = self.open(at, path, follow, how, flags)?;
                self.descriptors.insert(name.to_owned(), opened);
                done()
            }
            ["many", count, at, path] => {
                for opened in 0..number(count) {
                    match self.open(at, path, "-", "-", "r") {
                        Ok(descriptor) => self.kept.push(descriptor),
                        Err(error) => return Err(format!("{error} after {opened}")),
                    }
                }
                done()
            }
            ["drop", name] => self.descriptors.remove(name).map_or_else(|| Err("none".to_owned()), |_| done()),
            ["trap"] => panic!("files panics because it was asked to"),
            _ => self.use_descriptor(&words),
        }
    }

    fn open(&self, at: &str, path: &str, follow: &str, how: &str, flags: &str) -> Result<Descriptor, String> {
        let follow = words::path_flags(follow);
        let (how, flags) = (words::open_flags(how), words::descriptor_flags(flags));
        self.at(at)?.open_at(follow, &words::text(path), how, flags).map_err(name)
    }

    fn at(&self, name: &str) -> Result<&Descriptor, String> {
        self.descriptors.get(name).ok_or_else(|| format!("no descriptor {name}"))
    }

    fn use_descriptor(&self, words: &[&str]) -> Answer {
        let [call, at, rest @ ..] = words else { return Err("no such call".to_owned()) };
        let at = self.at(at)?;
        match (*call, rest) {
            ("type", []) => at.get_type().map(|kind| words::kind(kind).to_owned()).map_err(name),
            ("flags", []) => at.get_flags().map(words::letters).map_err(name),
            ("stat", []) => at.stat().map(written).map_err(name),
            ("statat", [follow, path]) => {
                at.stat_at(words::path_flags(follow), &words::text(path)).map(written).map_err(name)
            }
            ("hash", []) => at.metadata_hash().map(|hash| format!("{:x}{:x}", hash.upper, hash.lower)).map_err(name),
            ("hashat", [follow, path]) => at
                .metadata_hash_at(words::path_flags(follow), &words::text(path))
                .map(|hash| format!("{:x}{:x}", hash.upper, hash.lower))
                .map_err(name),
            ("same", [other]) => Ok(at.is_same_object(self.at(other)?).to_string()),
            ("sync", []) => nothing(at.sync()),
            ("syncdata", []) => nothing(at.sync_data()),
            ("advise", []) => nothing(at.advise(0, 1, Advice::WillNeed)),
            ("size", [size]) => nothing(at.set_size(number(size))),
            ("times", [access, modification]) => {
                nothing(at.set_times(words::time(access), words::time(modification)))
            }
            ("timesat", [follow, path, access, modification]) => nothing(at.set_times_at(
                words::path_flags(follow),
                &words::text(path),
                words::time(access),
                words::time(modification),
            )),
            ("read", [length, offset]) => at
                .read(number(length), number(offset))
                .map(|(bytes, end)| format!("{} {}{end}", bytes.len(), shown(&bytes)))
                .map_err(name),
            ("write", [bytes, offset]) => at
                .write(words::text(bytes).as_bytes(), number(offset))
                .map(|count| count.to_string())
                .map_err(name),
            ("rstream", [offset, length]) => read_stream(&at.read_via_stream(number(offset)).map_err(name)?, number(length)),
            ("wstream", [bytes, offset]) => {
                write_stream(&at.write_via_stream(number(offset)).map_err(name)?, &words::text(bytes))
            }
            ("append", [bytes]) => write_stream(&at.append_via_stream().map_err(name)?, &words::text(bytes)),
            ("list", []) => list(at),
            ("mkdir", [path]) => nothing(at.create_directory_at(&words::text(path))),
            ("rmdir", [path]) => nothing(at.remove_directory_at(&words::text(path))),
            ("unlink", [path]) => nothing(at.unlink_file_at(&words::text(path))),
            ("rename", [path, to, new]) => {
                nothing(at.rename_at(&words::text(path), self.at(to)?, &words::text(new)))
            }
            ("link", [follow, path, to, new]) => nothing(at.link_at(
                words::path_flags(follow),
                &words::text(path),
                self.at(to)?,
                &words::text(new),
            )),
            ("symlink", [target, path]) => nothing(at.symlink_at(&words::text(target), &words::text(path))),
            ("readlink", [path]) => at.readlink_at(&words::text(path)).map_err(name),
            _ => Err("no such call".to_owned()),
        }
    }
}

fn list(at: &Descriptor) -> Answer {
    let stream = at.read_directory().map_err(name)?;
    let mut entries = Vec::new();
    loop {
        match stream.read_directory_entry() {
            Ok(Some(entry)) => entries.push(format!("{}:{}", entry.name, words::kind(entry.type_))),
            Ok(None) => break,
            Err(error) => entries.push(name(error)),
        }
    }
    entries.sort();
    Ok(entries.join(" "))
}

fn read_stream(stream: &InputStream, most: u64) -> Answer {
    let mut bytes = Vec::new();
    loop {
        match stream.blocking_read(most - bytes.len() as u64) {
            Ok(part) if part.is_empty() => break,
            Ok(part) => bytes.extend(part),
            Err(StreamError::Closed) => break,
            Err(error) => return Err(stream_error(&error)),
        }
    }
    Ok(format!("{} {}", bytes.len(), shown(&bytes)))
}

fn write_stream(stream: &OutputStream, text: &str) -> Answer {
    match stream.blocking_write_and_flush(text.as_bytes()) {
        Ok(()) => done(),
        Err(error) => Err(stream_error(&error)),
    }
}

fn stream_error(error: &StreamError) -> String {
    match error {
        StreamError::Closed => "closed".to_owned(),
        StreamError::LastOperationFailed(error) => {
            filesystem_error_code(error).map_or_else(|| "no code".to_owned(), |code| format!("failed {}", name(code)))
        }
    }
}

fn written(stat: DescriptorStat) -> String {
    format!(
        "{} size={} links={} modified={}",
        words::kind(stat.type_),
        stat.size,
        stat.link_count,
        words::written_time(stat.data_modification_timestamp)
    )
}

/// Short contents as they are.
fn shown(bytes: &[u8]) -> String {
    if bytes.is_empty() || bytes.len() > 100 { String::new() } else { format!("{} ", String::from_utf8_lossy(bytes)) }
}

fn done() -> Answer {
    Ok(String::new())
}

fn nothing(result: Result<(), ErrorCode>) -> Answer {
    result.map_err(name).and_then(|()| done())
}

fn name(error: ErrorCode) -> String {
    error.name().to_owned()
}

fn number(word: &str) -> u64 {
    word.parse().unwrap_or_default()
}
