import fc from 'fast-check';
import { expect, test } from 'vitest';
import { demangle } from '../../host/runtime/worker/demangle.ts';

test.for<[symbol: string, name: string]>([
  ['_ZN9misbehave6faults4trap17h604b2779551ab461E', 'misbehave::faults::trap'],
  ['_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE', 'core::fmt::Write::write_fmt'],
  [
    '_ZN61_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE',
    '<alloc::vec::Vec<T> as core::fmt::Debug>::fmt',
  ],
  ['_RNvNtCs2d7j4WCgsqY_3std9panicking15panic_with_hook', 'std::panicking::panic_with_hook'],
  ['_RNvCsfgHYwM92fyn_7___rustc17rust_begin_unwind', '__rustc::rust_begin_unwind'],
  ['_RNCNvNtCs2d7j4WCgsqY_3std9panicking13panic_handler0B5_', 'std::panicking::panic_handler::{closure}'],
  [
    '_RINvNtNtCs2d7j4WCgsqY_3std3sys9backtrace26___rust_end_short_backtraceNCNvNtB6_9panicking13panic_handler0zEB6_',
    'std::sys::backtrace::__rust_end_short_backtrace',
  ],
  ['_RNvMs_NtCs1234_7mycrate3fooNtB4_3Bar3baz', '<mycrate::foo::Bar>::baz'],
])('%s is %s', ([symbol, name]) => {
  expect(demangle(symbol)).toBe(name);
});

test.for(['main', 'wasi:http/incoming-handler@0.2.12#handle', '_R', '_ZN', '_RNvB_', '_ZN99x'])(
  '%s stays as it is',
  (symbol) => {
    expect(demangle(symbol)).toBe(symbol);
  },
);

test('no text breaks it', () => {
  fc.assert(
    fc.property(fc.constantFrom('_R', '_ZN'), fc.string(), (start, rest) => {
      expect(typeof demangle(start + rest)).toBe('string');
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...'CMXYNIBERSTKLsvt_0123')), (letters) => {
      expect(typeof demangle(`_R${letters.join('')}`)).toBe('string');
    }),
    { numRuns: 2000 },
  );
});
