import { readFile } from 'node:fs/promises';
import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { expect, test } from 'vitest';
import { decodeComponent } from '../../host/engine/decode/decode.ts';

/** The description of a component whose world is `wit`. */
async function described(wit: string) {
  const core = await componentEmbed({ dummy: true, witSource: wit });
  return decodeComponent(await componentNew(core, []));
}

test('every kind of type is read as the component declares it', async () => {
  const { imports, exports } = await described(`
    package test:types@1.2.3;
    interface all {
      record point { x: s32, y: f64 }
      variant shape { none, at(point) }
      enum color { red, green }
      flags access { read, write }
      resource thing {
        constructor(name: string);
        rename: func(name: string) -> result<_, color>;
        join: static func(one: borrow<thing>, other: thing) -> thing;
      }
      use-all: func(s: shape, a: access, t: tuple<u8, char>, l: list<option<u64>>) -> result<list<u8>, string>;
    }
    world w { import all; export run: func() -> bool; }
  `);
  expect(exports).toEqual(['run']);
  const [all] = imports;
  expect(all?.name).toBe('test:types/all@1.2.3');
  expect([...(all?.functions.keys() ?? [])].toSorted()).toEqual([
    '[constructor]thing',
    '[method]thing.rename',
    '[static]thing.join',
    'use-all',
  ]);
  const point = {
    kind: 'record',
    fields: [
      { name: 'x', type: { kind: 's32' } },
      { name: 'y', type: { kind: 'f64' } },
    ],
  };
  expect(all?.functions.get('use-all')).toEqual({
    isAsync: false,
    params: [
      {
        name: 's',
        type: {
          kind: 'variant',
          cases: [
            { name: 'none', type: undefined },
            { name: 'at', type: point },
          ],
        },
      },
      { name: 'a', type: { kind: 'flags', names: ['read', 'write'] } },
      { name: 't', type: { kind: 'tuple', of: [{ kind: 'u8' }, { kind: 'char' }] } },
      { name: 'l', type: { kind: 'list', of: { kind: 'option', of: { kind: 'u64' } } } },
    ],
    result: { kind: 'result', ok: { kind: 'list', of: { kind: 'u8' } }, err: { kind: 'string' } },
  });
  const join = all?.functions.get('[static]thing.join');
  expect(join?.params.map(({ type }) => type.kind)).toEqual(['borrow', 'own']);
});

test('a resource that one interface takes from another is the same resource', async () => {
  const { imports } = await described(`
    package test:share;
    interface a { resource r; }
    interface b { use a.{r}; f: func(r: borrow<r>); }
    world w { import b; }
  `);
  const resource = imports.find(({ name }) => name === 'test:share/a')?.types.get('r');
  const param = imports.find(({ name }) => name === 'test:share/b')?.functions.get('f')?.params[0]?.type;
  expect(resource?.kind).toBe('resource');
  expect(param?.kind === 'borrow' && param.resource).toBe(resource);
});

test('a component that is cut off anywhere is refused, never half understood', async () => {
  const whole = await readFile(new URL('../../components/kv-counter/kv-counter.wasm', import.meta.url));
  const { imports } = decodeComponent(whole);
  expect(imports.length).toBeGreaterThan(0);
  for (const length of [whole.length - 1, Math.floor(whole.length / 2), 9]) {
    expect(() => decodeComponent(whole.subarray(0, length)), String(length)).toThrow(/byte/);
  }
});

/** Reads a component of the text format. */
async function decoded(wat: string) {
  return decodeComponent(await parse(wat));
}

test.for([
  ['as the binary format has it', '"cache" (implements "wasi:keyvalue/store@0.2.0-draft")'],
  ['as tools wrote it before', '"[implements=<wasi:keyvalue/store@0.2.0-draft>]cache"'],
])('an import with a label says what it stands for, %s', async ([, name]) => {
  const { imports } = await decoded(`(component (import ${name} (instance (export "f" (func)))))`);
  expect(imports).toEqual([
    expect.objectContaining({ label: 'cache', name: 'wasi:keyvalue/store@0.2.0-draft' }),
  ]);
});

test('a version that is kept apart from the name belongs to it', () => {
  const name = Buffer.from('wasi:io/poll@0.2');
  const suffix = Buffer.from('.3');
  const type = [7, 3, 1, 0x42, 0];
  const entry = [1, 2, name.length, ...name, 1, 1, suffix.length, ...suffix, 5, 0];
  const bytes = Uint8Array.from([...[0, 0x61, 0x73, 0x6d, 13, 0, 1, 0], ...type, 10, entry.length, ...entry]);
  expect(decodeComponent(bytes).imports[0]?.name).toBe('wasi:io/poll@0.2.3');
});

test('a type of core modules is read past', async () => {
  const { otherImports } = await decoded(`(component
    (import "m" (component (core type (module
      (type (func (param i32) (result (ref null func))))
      (import "a" "f" (func (type 0))) (import "a" "m" (memory 1 2)) (import "a" "t" (table 1 funcref))
      (export "g" (global (mut i64)))))))
    (import "n" (func)))`);
  expect(otherImports).toEqual(['m', 'n']);
});

test('what is allowed and not served is called that', () => {
  // A component type that declares a group of recursive core types.
  const type = [7, 6, 1, 0x41, 1, 0x00, 0x4e, 0];
  const bytes = Uint8Array.from([0, 0x61, 0x73, 0x6d, 13, 0, 1, 0, ...type]);
  expect(() => decodeComponent(bytes)).toThrow(
    /^has a core type of kind 0x4e \(byte \d+\), which is not served yet$/,
  );
});

test('an alias of something a billion scopes away takes no time', () => {
  const alias = [6, 8, 1, 3, 2, 0xff, 0xff, 0xff, 0xff, 0x0f];
  const bytes = Uint8Array.from([0, 0x61, 0x73, 0x6d, 13, 0, 1, 0, ...alias, 0]);
  const started = performance.now();
  try {
    decodeComponent(bytes.slice());
  } catch {
    // It may be refused.
  }
  expect(performance.now() - started).toBeLessThan(500);
});
