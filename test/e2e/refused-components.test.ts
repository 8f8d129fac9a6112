import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { beforeAll, describe, expect, test } from 'vitest';
import { componentOf } from '../support/component.ts';
import { root, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

/** A component that exports a handler, and has a built-in of its binary's choice. */
async function handlerWith(handler: string, builtIn = 0x24, imports = ''): Promise<Uint8Array> {
  const bytes = await parse(`(component ${imports}
    (core module $M (func (export "handle")))
    (core instance $m (instantiate $M))
    (core func (canon backpressure.inc))
    (func $handle (canon lift (core func $m "handle")))
    (instance $handler (export "handle" (func $handle)))
    (export "${handler}" (instance $handler)))`);
  // The section of canonical definitions that has this one alone: its size, their number, and the code of backpressure.inc.
  const section = Buffer.from([0x08, 0x02, 0x01, 0x24]);
  const at = Buffer.from(bytes).indexOf(section);
  if (at < 0) throw new Error('the built-in is not where it was');
  bytes[at + 3] = builtIn;
  return bytes;
}

const clock = '(import "wasi:clocks/monotonic-clock@0.4.0" (instance (export "now" (func (result u64)))))';
const types = '(import "wasi:http/types@0.3.9" (instance (export "f" (func))))';

const refused: readonly (readonly [what: string, make: () => Promise<Uint8Array>, reason: RegExp])[] = [
  [
    'a built-in that nobody knows',
    () => handlerWith('wasi:http/handler@0.3.0', 0x7f),
    /can't be served: it uses the canonical built-in 0x7f, which is unknown here\. /,
  ],
  [
    'threads',
    () => handlerWith('wasi:http/handler@0.3.0', 0x26),
    /can't be served: it uses threads \(thread\.index\), which are not served\. /,
  ],
  [
    'a handler of a version that is not served',
    () => handlerWith('wasi:http/handler@0.3.9'),
    /does not export .*wasi:http\/handler 0\.3\.0 to 0\.3\.2, .*it exports wasi:http\/handler@0\.3\.9\.$/,
  ],
  [
    'an import of a later patch',
    () => handlerWith('wasi:http/handler@0.3.0', 0x24, types),
    /wasi:http\/types@0\.3\.9: of wasi:http, the versions 0\.2\.0 to 0\.2\.12 and 0\.3\.0 to 0\.3\.2 are provided/,
  ],
  [
    'an import of a later version',
    () => handlerWith('wasi:http/handler@0.3.0', 0x24, clock),
    /wasi:clocks\/monotonic-clock@0\.4\.0: of wasi:clocks, the versions .* are provided/,
  ],
  [
    'a built-in that jco does not know either',
    () => handlerWith('wasi:http/incoming-handler@0.2.0', 0x7f),
    /can't be transpiled by jco: /,
  ],
];

// The first text takes as long as it takes to load what reads it.
beforeAll(() => parse('(component)'), 120_000);

describe.each(refused)('a component with %s', (_, make, reason) => {
  test('is refused in a few words', async () => {
    await using project = await Project.create({ 'app.wasm': await make() });
    const { code, stdout, stderr } = await runKvasi(['dev', 'app.wasm'], { cwd: project.folder });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trim()).toMatch(new RegExp(reason.source, 'm'));
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
    expect(stderr).not.toMatch(/^\s+at |undefined|Cannot /m);
  });
});

describe('kvasi inspect', () => {
  test.for([
    [
      'components/commands/tool/tool',
      ['run'],
      ['kvasi run can run it'],
      ['kvasi can serve it', 'use kvasi run'],
    ],
    ['components/commands/tool-async/tool-async', ['run'], ['kvasi run can run it'], ['kvasi can serve it']],
    ['components/hello/hello', ['serve'], ['kvasi can serve it'], ['kvasi run']],
  ] as const)('says what is to be done with %s', async ([name, uses, told, untold]) => {
    const file = `${root}/${name}.wasm`;
    const { code, stdout } = await runKvasi(['inspect', file]);
    for (const text of told) expect(stdout).toContain(text);
    for (const text of untold) expect(stdout).not.toContain(text);
    expect(code).toBe(0);
    const { stdout: json } = await runKvasi(['inspect', file, '--json']);
    expect(JSON.parse(json)).toMatchObject({ uses, linked: 'by kvasi' });
    expect(JSON.parse(json)).not.toHaveProperty('problem');
  });

  test('says both of what answers requests and is a command', async () => {
    const both = await componentOf(`
      package wasi:cli@0.2.0;
      interface run { run: func() -> result; }
      world both { export run; export wasi:http/incoming-handler@0.2.0; }
      package wasi:http@0.2.0 {
        interface types { resource incoming-request; resource response-outparam; }
        interface incoming-handler {
          use types.{incoming-request, response-outparam};
          handle: func(request: incoming-request, response-out: response-outparam);
        }
      }`);
    await using project = await Project.create({ 'both.wasm': both });
    const { code, stdout } = await runKvasi(['inspect', 'both.wasm'], { cwd: project.folder });
    expect(stdout).toContain('kvasi can serve it\nkvasi run can run it\n');
    expect(code).toBe(0);
  });

  test.for([
    ['wasi:http/handler@0.3.0', 0x24, 'by kvasi', /^by /],
    [
      'wasi:http/handler@0.3.0',
      0x26,
      'by nobody: it uses threads (thread.index), which are not served',
      /^not /,
    ],
    ['demo:app/part', 0x24, 'by kvasi, with a component that has a handler', /^by /],
    [
      'wasi:http/incoming-handler@0.2.0',
      0x26,
      'by jco: it uses threads (thread.index), which are not served',
      /^by new instances$/,
    ],
  ] as const)(
    'says who links a component of %s with built-in %i',
    async ([handler, builtIn, linked, fresh]) => {
      await using project = await Project.create({ 'app.wasm': await handlerWith(handler, builtIn) });
      const { stdout } = await runKvasi(['inspect', 'app.wasm', '--json'], { cwd: project.folder });
      expect(JSON.parse(stdout)).toMatchObject({ linked, fresh: expect.stringMatching(fresh) });
    },
  );
});
