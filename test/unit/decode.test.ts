import { readFile } from 'node:fs/promises';
import { componentEmbed, componentNew } from '@bytecodealliance/jco-transpile/wasm-tools';
import { expect, test } from 'vitest';
import { decodeComponent } from '../../host/component/decode.ts';

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
