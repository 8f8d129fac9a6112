import { readFile } from 'node:fs/promises';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkComponent } from '../../host/component/check.ts';
import { linking } from '../../host/component/linking.ts';
import { programOf } from '../../host/component/load.ts';
import { type ComponentDescription, decodeComponent } from '../../host/engine/decode/decode.ts';
import { Transpiler } from '../../host/engine/jco/transpiler.ts';
import { Linker } from '../../host/engine/link/linker.ts';
import { isTask, linkOf } from '../../host/engine/link/program.ts';
import { makeResettable } from '../../host/engine/reset/prepare.ts';
import { loadInterfaces } from '../../host/interfaces/index.ts';
import { providedImports } from '../../host/interfaces/provided.ts';
import { DEFAULT_LIMITS } from '../../host/settings/limits.ts';
import { HostError } from '../../host/shared/host-error.ts';
import { component } from '../support/kvasi-process.ts';
import { rounds } from '../support/rounds.ts';
import { wrapped } from '../support/wrapped-component.ts';
import { greeting } from './composed-components.ts';
import { counting } from './resource-components.ts';
import { passOn } from './stream-components.ts';

await loadInterfaces();

const components = [
  'hello',
  'http-kv-handler',
  'http-kv-wstd',
  'kv-counter',
  'misbehave',
  'hoarder',
  'kv-race',
];
const components03 = ['wasi-0.3/hello-async', 'wasi-0.3/http-kv-async', 'wasi-0.3/misbehave-async'];
const binary = (name: string): Promise<Buffer> => {
  const [folder, own = folder] = name.split('/').slice(-2);
  return readFile(component(name, own));
};
const isValid = (bytes: Uint8Array<ArrayBuffer>): boolean => WebAssembly.validate(bytes);

test.each([...components, ...components03])(
  'what %s’s core modules are changed to is valid',
  async (name) => {
    const { link } = decodeComponent(await binary(name));
    if ('problem' in link) throw new Error(link.problem);
    expect(link.modules.every(isValid)).toBe(true);
    for (const notes of [false, true]) {
      const resettable = makeResettable(link, { notes });
      if ('problem' in resettable) throw new Error(resettable.problem);
      expect(resettable.modules).toHaveLength(link.modules.length);
      expect(resettable.modules.every(isValid)).toBe(true);
    }
  },
);

/** Where bytes are changed, and to what; and how much is left. */
const damage = fc.record({
  flips: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 4 }),
  length: fc.option(fc.nat(), { nil: undefined, freq: 2 }),
});

const dealing = { encoding: 'utf8', piece: 3 };

const damagedOnes: readonly (readonly [string, () => Promise<Uint8Array>])[] = [
  ['a component', () => readFile(component('kv-counter'))],
  ['a component within another one', async () => wrapped(await readFile(component('kv-counter')))],
  ['a component of two that call one another', () => parse(greeting)],
  ['a component of WASI 0.3', () => binary('wasi-0.3/hello-async')],
  [
    'a component of two that call one another asynchronously',
    () => parse(passOn({ kind: 'string' }, dealing, dealing)),
  ],
  ['a component with resources of its own', () => parse(counting('(call $make (i32.const 1))'))],
];

test.each(damagedOnes)(
  '%s that is damaged is read, or refused with a reason',
  async (_, read) => {
    const whole = await read();
    fc.assert(
      fc.property(damage, ({ flips, length }) => {
        const bytes = new Uint8Array(whole);
        // Most of a component is code; what is read of it is at its ends.
        for (const [at, change] of flips) {
          const place = at % 2 === 0 ? at % 400 : bytes.length - 1 - (at % 6000);
          bytes[place] = (bytes[place] ?? 0) ^ change;
        }
        const given = bytes.slice(0, length === undefined ? bytes.length : length % bytes.length);
        const started = performance.now();
        let description: ComponentDescription | undefined;
        try {
          description = decodeComponent(given);
        } catch (error) {
          // The reader of a file puts the file's name before it; a reason is no accident of the reader.
          expect(String(error)).toMatch(
            /^\w*(?:Error|Undecodable): (?!Cannot |.*is not (a function|iterable)|.*undefined)/,
          );
        }
        const link = description === undefined ? undefined : linkOf(description, linking);
        if (link !== undefined && !('problem' in link)) {
          const resettable = makeResettable(link.plan, { notes: true });
          const areValid = !('problem' in resettable) && link.plan.modules.every(isValid);
          if (areValid) expect(resettable.modules.every(isValid)).toBe(true);
        }
        expect(performance.now() - started).toBeLessThan(5000);
      }),
      { numRuns: rounds.damagedHeads, seed: 20261121 },
    );
  },
  120_000,
);

test.each([...components, ...components03, 'kv-counter within another'])(
  '%s, damaged anywhere, is refused with one message or can be put together',
  async (name) => {
    const [inner = name, within] = name.split(' ');
    const read = await binary(inner);
    const whole = new Uint8Array(within === undefined ? read : wrapped(read));
    const flips = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 3,
    });
    const imports = await providedImports();
    await using transpiler = { it: new Transpiler(), [Symbol.asyncDispose]: () => transpiler.it.close() };
    await fc.assert(
      fc.asyncProperty(flips, async (changes) => {
        const bytes = new Uint8Array(whole);
        for (const [at, change] of changes) bytes[at] = (bytes[at] ?? 0) ^ change;
        let description: ComponentDescription;
        try {
          description = decodeComponent(bytes);
        } catch {
          return;
        }
        // What jco takes over, jco validates.
        if ('problem' in linkOf(description, linking)) return;
        const file = { path: 'damaged.wasm', bytes, description };
        try {
          await checkComponent(file);
          const program = await programOf(
            file,
            { memory: DEFAULT_LIMITS.memory, instances: 'fresh' },
            transpiler.it,
            () => {},
          );
          if (program.kind !== 'linked') throw new Error('it was to be linked by us');
          const linker = new Linker(program);
          if (isTask(program)) linker.instantiateAsync(imports);
          else linker.instantiate(imports);
        } catch (error) {
          if (!(error instanceof HostError)) throw error;
          expect(error.message).toMatch(
            /^damaged\.wasm (imports|does not export|can't be (compiled|put together)|can't start)/,
          );
          expect(error.message).not.toMatch(/Cannot |undefined|is not (a function|iterable)|^\s+at /m);
        }
      }),
      { numRuns: rounds.damagedComponents, seed: 20261130 },
    );
  },
  120_000,
);
