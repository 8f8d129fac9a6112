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

/** How many assertions hold in each file. What is left of them asks for the asynchronous ABI. */
const files: Readonly<Record<string, number>> = {
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

test.skipIf(suite === undefined).for(Object.entries(files))(
  'of the component model’s suite, %s holds but for what is asynchronous',
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
      expect(failed.filter((one) => !/uses (asynchronous|the canonical built-in)/.test(one))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
