import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GuestMemory } from '../../host/engine/abi/guest-memory.ts';
import { ResourceKinds } from '../../host/engine/abi/resource-kinds.ts';
import type { FunctionType, WitType } from '../../host/engine/decode/wit-type.ts';
import { transpile } from '../../host/engine/jco/transpile.ts';
import { Handles } from '../../host/engine/link/handles.ts';
import { compileImport } from '../../host/engine/link/import-function.ts';
import { spilled } from './guest.ts';
import { types, valuesOf } from './random-types.ts';
import { WitText, withLabels } from './wit-text.ts';

/** Where the guest keeps the value; its allocator begins behind. */
const place = 1024;
const padding = new Array<number>(17).fill(0);
const runs = { seed: 20261121, types: 40, values: 12 };

/** Passes a value from the host on to the host, through its memory. */
const core = `(module
  (import "test:test/host" "give" (func $give (param i32)))
  (import "test:test/host" "take" (func $take (param i32)))
  (memory (export "memory") 64)
  (global $end (mut i32) (i32.const 65536))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $end (i32.and (i32.add (global.get $end) (i32.sub (local.get 2) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get 2))))
    (global.get $end)
    (global.set $end (i32.add (global.get $end) (local.get 3))))
  (func (export "give") (call $give (i32.const ${place})))
  (func (export "take") (call $take (i32.const ${place})))
  (func (export "reset") (global.set $end (i32.const 65536))))`;

type CoreImports = ConstructorParameters<typeof WebAssembly.Instance>[1];

interface Glue {
  instantiate(
    getCoreModule: (name: string) => WebAssembly.Module,
    imports: object,
    instantiateCore: (module: WebAssembly.Module, imports: CoreImports) => WebAssembly.Instance,
  ): { give(): void; take(): void; reset(): void };
}

/** A component that jco's glue calls, and whose memory ours can be used on. */
async function guestOf(type: WitType, folder: string, number: number) {
  const text = new WitText();
  const whole = text.of(spilled(type));
  const witSource = `package test:test; interface host { ${text.declarations.join(' ')} give: func() -> ${whole}; take: func(v: ${whole}); }
    world w { import host; export give: func(); export take: func(); export reset: func(); }`;
  const binary = await parse(core);
  const component = await componentNew(await componentEmbed({ binary, witSource, dummy: false }), []);
  const files = await transpile(component, { asyncImports: [], asyncExports: [] });
  const path = join(folder, `component-${number}.js`);
  await writeFile(path, files['component.js'] ?? '');
  const glue = (await import(pathToFileURL(path).href)) as Glue;
  let given: unknown;
  let taken: unknown;
  const host = {
    give: () => [given, ...padding],
    take: (value: unknown[]) => {
      [taken] = value;
    },
  };
  let exports: WebAssembly.Instance['exports'] = {};
  const byJco = glue.instantiate(
    (name) => new WebAssembly.Module(files[name] ?? new Uint8Array()),
    { 'test:test/host': host },
    (module, imports) => {
      const instance = new WebAssembly.Instance(module, imports);
      if ('memory' in instance.exports && 'cabi_realloc' in instance.exports) exports = instance.exports;
      return instance;
    },
  );
  const memory = new GuestMemory(
    exports.memory as WebAssembly.Memory,
    exports.cabi_realloc as (pointer: number, size: number, align: number, length: number) => number,
    {},
  );
  const ours = (name: 'give' | 'take', func: FunctionType) =>
    compileImport({ interface: 'test:test/host', name, type: func }, new ResourceKinds(), false).factory({
      memory,
      handles: new Handles(),
      host,
      waiting: { promise: undefined },
      state: undefined,
      types: [],
    });
  const spill = spilled(type);
  const give = ours('give', { isAsync: false, params: [], result: spill });
  const take = ours('take', { isAsync: false, params: [{ name: 'v', type: spill }], result: undefined });
  const through = (write: () => void, read: () => void, value: unknown): unknown => {
    given = value;
    taken = undefined;
    byJco.reset();
    write();
    read();
    return taken;
  };
  return {
    jcoToOurs: (value: unknown) =>
      through(
        () => byJco.give(),
        () => take(place),
        value,
      ),
    oursToJco: (value: unknown) =>
      through(
        () => give(place),
        () => byJco.take(),
        value,
      ),
    jcoToJco: (value: unknown) =>
      through(
        () => byJco.give(),
        () => byJco.take(),
        value,
      ),
  };
}

test('what jco lowers we lift to the same value, and the other way round', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kvasi-jco-'));
  try {
    const sampled = fc.sample(types.map(withLabels), { seed: runs.seed, numRuns: runs.types });
    for (const [number, type] of sampled.entries()) {
      const guest = await guestOf(type, folder, number);
      const values = fc.sample(valuesOf(type), { seed: runs.seed + number, numRuns: runs.values });
      for (const value of values) {
        const expected = guest.jcoToJco(value);
        expect(expected, JSON.stringify(type)).toEqual(value);
        expect(guest.jcoToOurs(value), JSON.stringify(type)).toEqual(expected);
        expect(guest.oursToJco(value), JSON.stringify(type)).toEqual(expected);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
