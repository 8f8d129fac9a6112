use crate::wasi::keyvalue::atomics::{self, Cas, CasError};
use crate::wasi::keyvalue::store::{self, Bucket, Error};

const IDENTIFIER: &str = "objects";

/// How often a change is tried again when others change the object at the same time.
const MOST_TRIES: u32 = 1000;

/// The state of one object.
#[derive(Clone, Copy, Default)]
pub struct State {
    pub value: i64,
    /// How often the object was changed.
    pub changes: u64,
}

/// Why an object could not be read or changed.
pub enum Failure {
    Store(Error),
    /// The value would not fit its type.
    Overflow,
    /// What the bucket holds is no state.
    Unreadable,
    /// Others were always faster.
    Contended,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Store(error)
    }
}

pub fn read(name: &str) -> Result<State, Failure> {
    State::parse(open()?.get(name)?)
}

/// Adds to the object. Nobody's change is lost: when the object has changed meanwhile, the new state is added to.
pub fn add(name: &str, n: i64) -> Result<State, Failure> {
    let mut cas = Cas::new(&open()?, name)?;
    for _ in 0..MOST_TRIES {
        let state = State::parse(cas.current()?)?;
        let next =
            State { value: state.value.checked_add(n).ok_or(Failure::Overflow)?, changes: state.changes + 1 };
        match atomics::swap(cas, next.to_string().as_bytes()) {
            Ok(()) => return Ok(next),
            Err(CasError::CasFailed(fresh)) => cas = fresh,
            Err(CasError::StoreError(error)) => return Err(error.into()),
        }
    }
    Err(Failure::Contended)
}

fn open() -> Result<Bucket, Error> {
    store::open(IDENTIFIER)
}

impl State {
    /// An object that was never changed is 0.
    fn parse(stored: Option<Vec<u8>>) -> Result<Self, Failure> {
        let Some(bytes) = stored else {
            return Ok(State::default());
        };
        let text = String::from_utf8(bytes).map_err(|_| Failure::Unreadable)?;
        let (value, changes) = text.split_once(' ').ok_or(Failure::Unreadable)?;
        Ok(State {
            value: value.parse().map_err(|_| Failure::Unreadable)?,
            changes: changes.parse().map_err(|_| Failure::Unreadable)?,
        })
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.value, self.changes)
    }
}
