import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from '../support/kvasi-process.ts';
import { noteFaults, takeFaults } from '../support/process-faults.ts';
import { Project } from '../support/project.ts';

const setup = JSON.stringify(join(root, 'test/support/stray-errors.ts'));

/** Runs a file of tests as those of the repository are run. */
async function run(body: string): Promise<{ code: number; output: string }> {
  await using project = await Project.create({
    'vitest.config.mjs': `export default { test: { setupFiles: [${setup}], dangerouslyIgnoreUnhandledErrors: true } };`,
    'a.test.js': `import { test } from 'vitest';\ntest('passes', () => {${body}});`,
  });
  await symlink(join(root, 'node_modules'), join(project.folder, 'node_modules'));
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const ended = promisify(execFile)(process.execPath, [vitest, 'run'], {
    cwd: project.folder,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return await ended.then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    ({ code, stdout, stderr }) => ({ code, output: stdout + stderr }),
  );
}

test('a file of tests fails over a rejection that nobody heard of, and over an error that nobody caught', async () => {
  expect(await run('')).toMatchObject({ code: 0 });
  const rejected = await run(`Promise.reject(new Error('unheard'));`);
  expect(rejected).toMatchObject({
    code: 1,
    output: expect.stringContaining('nobody heard of: Error: unheard'),
  });
  const thrown = await run(`setTimeout(() => { throw new Error('uncaught'); });`);
  expect(thrown).toMatchObject({
    code: 1,
    output: expect.stringContaining('nobody caught: Error: uncaught'),
  });
});

test('what a process prints of a fault is told from what it prints of mistakes', () => {
  const trap = 'GET / 500\n  the component trapped: unreachable\n    at core.wasm:12:3\n';
  noteFaults('dev', `kvasi: app.wasm does not exist.\n${trap}`);
  expect(takeFaults()).toEqual([]);
  for (const stderr of [
    "kvasi: TypeError: Cannot read properties of undefined (reading 'x')\n    at run (file:///host/cli/run.ts:1:2)\n",
    'kvasi: a fault of kvasi: Error: no\n',
    'node:internal/process/promises:394\n\nNode.js v26.1.0\n',
  ]) {
    noteFaults('dev', stderr);
    expect(takeFaults(), stderr).toHaveLength(1);
  }
});
