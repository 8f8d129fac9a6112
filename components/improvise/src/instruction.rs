//! One instruction and its operands.

use crate::handle::Handle;
use std::mem::ManuallyDrop;
use std::str::{FromStr, Split};

/// Where a program keeps its handles.
pub type Registers = [u32; 32];

/// `name:operand,operand…`, whose operands are taken one after the other. What is missing or unreadable counts as 0 or empty.
pub struct Instruction<'program, 'registers> {
    pub name: &'program str,
    operands: Split<'program, char>,
    registers: &'registers mut Registers,
}

impl<'program, 'registers> Instruction<'program, 'registers> {
    pub fn new(text: &'program str, registers: &'registers mut Registers) -> Self {
        let (name, operands) = text.split_once(':').unwrap_or((text, ""));
        Self { name, operands: operands.split(','), registers }
    }

    /// The next operand, if there is one.
    pub fn next(&mut self) -> Option<&'program str> {
        self.operands.next().filter(|operand| !operand.is_empty())
    }

    pub fn number<N: FromStr + Default>(&mut self) -> N {
        self.next().and_then(|operand| operand.parse().ok()).unwrap_or_default()
    }

    /// Hexadecimal digits; `61*5000` is 5,000 times the letter a.
    pub fn bytes(&mut self) -> Vec<u8> {
        self.next().map(bytes).unwrap_or_default()
    }

    /// Text that need not be UTF-8.
    pub fn text(&mut self) -> String {
        // Text that is none is what the host is to be tried with: it is handed on, and never looked at here.
        unsafe { String::from_utf8_unchecked(self.bytes()) }
    }

    /// The register in the next operand.
    pub fn register(&mut self) -> usize {
        self.number::<usize>() % self.registers.len()
    }

    /// Lends what is in a register.
    pub fn lend<T: Handle>(&mut self) -> ManuallyDrop<T> {
        ManuallyDrop::new(self.give())
    }

    /// Gives away what is in a register. The register keeps the number, which is nothing then.
    pub fn give<T: Handle>(&mut self) -> T {
        let register = self.register();
        T::of(self.registers[register])
    }

    /// Gives away what is in a register, if one is named and not `-`.
    pub fn give_some<T: Handle>(&mut self) -> Option<T> {
        let register: usize = self.next()?.parse().ok()?;
        Some(T::of(self.registers[register % self.registers.len()]))
    }

    /// Puts a resource into a register.
    pub fn keep(&mut self, register: usize, resource: impl Handle) {
        self.registers[register] = resource.number();
    }
}

fn bytes(operand: &str) -> Vec<u8> {
    let (digits, times) = operand.split_once('*').unwrap_or((operand, "1"));
    let bytes: Vec<u8> = digits
        .as_bytes()
        .chunks(2)
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    bytes.repeat(times.parse().unwrap_or(1))
}
