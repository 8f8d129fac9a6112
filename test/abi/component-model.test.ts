import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { runSuite } from './suite-run.ts';

/**
 * The component model's own suite, which is not part of this repository:
 *
 *     git clone https://github.com/WebAssembly/component-model
 *     KVASI_COMPONENT_MODEL=component-model KVASI_WASM_TOOLS=wasm-tools npx vitest run test/abi/component-model.test.ts
 *
 * `wasm-tools` comes from crates.io; its `json-from-wast` takes the suite's text apart.
 */
const suite = process.env.KVASI_COMPONENT_MODEL;
const tools = process.env.KVASI_WASM_TOOLS ?? 'wasm-tools';

/** How many assertions hold in each file. */
const files: Readonly<Record<string, number>> = {
  'async/async-calls-sync': 2,
  'async/big-interleaving-test': 45,
  'async/builtin-trap-poisons-instance': 4,
  'async/cancel-stream': 1,
  'async/cancel-subtask': 1,
  'async/closed-stream': 1,
  'async/cross-abi-calls': 24,
  'async/cross-task-future': 1,
  'async/deadlock': 1,
  'async/dont-block-start': 2,
  'async/drop-cross-task-borrow': 3,
  'async/drop-stream': 2,
  'async/drop-subtask': 2,
  'async/drop-waitable-set': 1,
  'async/empty-wait': 1,
  'async/futures-must-write': 2,
  'async/partial-stream-copies': 1,
  'async/passing-resources': 2,
  'async/same-component-stream-future': 4,
  'async/sync-barges-in': 1,
  'async/trap-if-done': 13,
  'async/trap-if-transfer-in-waitable-set': 2,
  'async/trap-on-reenter': 1,
  'async/wait-during-callback': 1,
  'async/zero-length': 1,
  'binary/binary': 0,
  'linking/link-time-virtualization': 7,
  'linking/shared-everything-dynamic-linking': 12,
  'linking/tags': 6,
  'linking/unit': 180,
  'resources/borrows': 2,
  'resources/handle-table': 14,
  'resources/multiple-resources': 1,
  'values/alignment': 9,
  'values/concat': 44,
  'values/numerics': 16,
  'values/post-return': 3,
  'values/realloc': 6,
  'values/strings': 9,
  'values/transcode': 5,
  'values/variants': 4,
};

/**
 * Assertions that do not hold, by file and line. Files of the suite that are not run at all: those that ask for threads
 * (`thread.new-indirect` and what goes with it, 🧵: `during-sync-call-*`, `trap-if-block-and-sync`, `trap-if-sync-and-waitable-set`),
 * those that only ask what a validator refuses (`validate-*`), `cancellable`, whose text `wasm-tools` takes no more, and
 * `sync-streams`: it wants a call to begin although a task has the core code that is ready to end, where `definitions.py` lets
 * the call wait for its turn.
 */
const threads = /it uses threads/;
const notHeld: Readonly<Record<string, readonly RegExp[]>> = {
  // That a component calls its parent, or one within it, is refused "for now"; `definitions.py` allows it, and so does wasmtime 49.
  'async/trap-on-reenter': [/^86: /, /^110: /],
};

test.skipIf(suite === undefined).for(Object.entries(files))(
  'of the component model’s suite, %s holds',
  { timeout: 120_000 },
  async ([file, least]) => {
    const folder = await mkdtemp(join(tmpdir(), 'kvasi-suite-'));
    try {
      const text = join(suite ?? '', 'test', `${file}.wast`);
      const json = `${basename(file)}.json`;
      await promisify(execFile)(tools, [
        'json-from-wast',
        text,
        '-o',
        join(folder, json),
        '--wasm-dir',
        folder,
      ]);
      const { passed, failed } = await runSuite(folder, json);
      expect(passed).toBeGreaterThanOrEqual(least);
      const known = [threads, ...(notHeld[file] ?? [])];
      expect(failed.filter((one) => !known.some((pattern) => pattern.test(one)))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
