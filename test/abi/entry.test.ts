import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Entry } from '../../host/engine/link/entry.ts';

// (func (export "handle") (param i32 i32) (call $seen (local.get 0) (local.get 1)) (call $wait))
// biome-ignore format: one line for each section of the module
const handler = new WebAssembly.Module(new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x09, 0x02, 0x60, 0x02, 0x7f, 0x7f, 0x00, 0x60, 0x00, 0x00,
  0x02, 0x13, 0x02, 0x01, 0x68, 0x04, 0x73, 0x65, 0x65, 0x6e, 0x00, 0x00, 0x01, 0x68, 0x04, 0x77, 0x61, 0x69, 0x74, 0x00, 0x01,
  0x03, 0x02, 0x01, 0x00,
  0x07, 0x0a, 0x01, 0x06, 0x68, 0x61, 0x6e, 0x64, 0x6c, 0x65, 0x00, 0x02,
  0x0a, 0x0c, 0x01, 0x0a, 0x00, 0x20, 0x00, 0x20, 0x01, 0x10, 0x00, 0x10, 0x01, 0x0b,
]));

const entry = new Entry({ params: ['i32', 'i32'], results: [] }, false);

/** Handlers that wait once and keep their stack. */
function start() {
  const seen: number[][] = [];
  const steps: string[] = [];
  let next = 0;
  let rest = Promise.withResolvers<void>();
  const instance = new WebAssembly.Instance(handler, {
    h: {
      seen: (request: number, outparam: number) => void seen.push([request, outparam]),
      wait: new WebAssembly.Suspending(() => Promise.resolve()),
    },
  });
  const exported = instance.exports.handle as WebAssembly.CoreFunction;
  const ended = entry.bind(exported, undefined, {
    args: [() => (next += 1), () => next * 10],
    done: () => steps.push('done'),
    rest: () => {
      steps.push('rest');
      rest = Promise.withResolvers();
      return rest.promise;
    },
  })();
  return {
    instance,
    seen,
    steps,
    ended,
    goOn: () => rest.resolve(),
    stop: (reason: Error) => rest.reject(reason),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a stack that is kept serves one request after the other', async () => {
  const { seen, steps, goOn } = start();
  await settled();
  expect(steps).toEqual(['done', 'rest']);
  goOn();
  await settled();
  goOn();
  await settled();
  expect(seen).toEqual([
    [1, 10],
    [2, 20],
    [3, 30],
  ]);
  expect(steps).toEqual(['done', 'rest', 'done', 'rest', 'done', 'rest']);
});

test('stacks that are stopped leave nothing', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const kept: WeakRef<WebAssembly.Instance>[] = [];
  for (let round = 0; round < 50; round += 1) {
    const { instance, ended, stop } = start();
    kept.push(new WeakRef(instance));
    await settled();
    stop(new Error('not used again'));
    expect(await ended.catch((error: Error) => error.message)).toBe('not used again');
  }
  await expect
    .poll(() => {
      collect();
      return kept.filter((instance) => instance.deref() !== undefined).length;
    })
    // What ended last may still be on a stack of the test itself.
    .toBeLessThan(5);
});
