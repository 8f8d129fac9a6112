/** `npm run bench:noting`: how much slower a guest computes that notes what it writes, and how long it takes to make such modules. */
import { readFile } from 'node:fs/promises';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { decodeComponent } from '../host/engine/decode/decode.ts';
import type { LinkPlan } from '../host/engine/link/link-plan.ts';
import { makeResettable } from '../host/engine/reset/prepare.ts';
import { componentPath } from './build.ts';
import { ratioSpread, spread } from './statistics.ts';
import { figure, table } from './table.ts';

const rounds = 15;
/** Runs of each loop before it is measured, so that the engine has compiled it. */
const warmUp = 5;
const components = ['bench', 'http-kv-wstd'];
/** Loops over 65,536 addresses at `$at`, with the number of times that each is run for one measurement. */
const loops: Readonly<Record<string, readonly [times: number, body: string]>> = {
  'bytes, stored': [100, '(i32.store8 (local.get $at) (local.get $i))'],
  'bytes, computed and stored': [
    50,
    `(local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 13))))
     (local.set $x (i32.xor (local.get $x) (i32.shr_u (local.get $x) (i32.const 17))))
     (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 5))))
     (i32.store8 (local.get $at) (local.get $x))`,
  ],
  'words, added to': [100, '(i32.store (local.get $at) (i32.add (i32.load (local.get $at)) (local.get $i)))'],
  'words, swapped in random places': [
    30,
    `(local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)))
     (local.set $other (i32.add (i32.const 131072) (i32.and (i32.shr_u (local.get $x) (i32.const 8)) (i32.const 0xfffc))))
     (local.set $kept (i32.load (local.get $other)))
     (i32.store (local.get $other) (i32.load (local.get $at)))
     (i32.store (local.get $at) (local.get $kept))`,
  ],
  'words, only read': [100, '(local.set $x (i32.add (local.get $x) (i32.load (local.get $at))))'],
};

type Loop = (times: number) => number;

const text = `(module (memory (export "memory") 5)
  ${Object.values(loops)
    .map(
      ([, body], index) => `
  (func (export "loop${index}") (param $times i32) (result i32)
    (local $i i32) (local $at i32) (local $x i32) (local $other i32) (local $kept i32)
    (local.set $x (i32.const 1))
    (loop $again
      (local.set $i (i32.const 0))
      (loop $next
        (local.set $at (i32.add (i32.const 131072) (local.get $i)))
        ${body}
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 65536))))
      (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (local.get $x))`,
    )
    .join('')})`;

const module = (await parse(text)) as Uint8Array<ArrayBuffer>;
const plan = {
  modules: [module],
  instances: [{ kind: 'module', module: 0, imports: [] }],
  ...{ functions: [], tables: [], memories: [], globals: [] },
  exports: [],
  tags: [],
  components: [],
  resources: new Map(),
} as const satisfies LinkPlan;
const plain = exportsOf(plan, false);
const noting = exportsOf(plan, true);

const rows = Object.entries(loops).map(([name, [times]], index) => {
  const measured = [plain, noting].map((exports) => ({
    run: exports[`loop${index}`] as Loop,
    milliseconds: [] as number[],
  }));
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const { run, milliseconds } of measured) {
      const started = performance.now();
      run(times);
      if (round >= warmUp) milliseconds.push(performance.now() - started);
    }
  }
  const [without = [], withNotes = []] = measured.map(({ milliseconds }) => milliseconds);
  const { median, min, max } = ratioSpread(withNotes, without);
  return [name, figure(spread(without).median), figure(median), `${figure(min)}–${figure(max)}`];
});
console.log(table(['loop', 'ms', '× with notes', 'min–max'], rows));

const makings = await Promise.all(
  components.map(async (name) => {
    const { link } = decodeComponent(await readFile(componentPath(name)));
    if ('problem' in link) throw new Error(link.problem);
    return { name, link, size: Math.max(...link.modules.map(({ length }) => length)) };
  }),
);
const made = makings.map(({ name, link, size }) => {
  const milliseconds = Array.from({ length: rounds }, () => {
    const started = performance.now();
    makeResettable(link, { notes: true });
    return performance.now() - started;
  });
  return [
    name,
    `${Math.round(size / 1024)} KiB`,
    figure(milliseconds[0] ?? 0),
    figure(spread(milliseconds).median),
  ];
});
console.log(`\n${table(['component', 'code', 'ms, first', 'ms'], made)}`);

function exportsOf(link: LinkPlan, notes: boolean): WebAssembly.Instance['exports'] {
  const made = makeResettable(link, { notes });
  if ('problem' in made) throw new Error(made.problem);
  const [bytes = new Uint8Array()] = made.modules;
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
}
