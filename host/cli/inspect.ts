import { resolve } from 'node:path';
import { styleText } from 'node:util';
import type { Promises } from '../backends/definition.ts';
import { allPromises, promiseRows } from '../backends/promise-table.ts';
import { checkComponent } from '../component/check.ts';
import { dialectOf } from '../component/load.ts';
import { type ComponentFile, readComponent } from '../component/read.ts';
import { whyNotServed } from '../component/served.ts';
import { HostError } from '../host-error.ts';
import { describeDialect } from '../wasi/keyvalue/dialect.ts';
import { sampleImports } from '../wasi/sample-imports.ts';
import type { CommandContext } from './command-context.ts';

interface Inspection {
  readonly component: string;
  readonly bytes: number;
  readonly imports: readonly { readonly name: string; readonly served: string; readonly problem?: string }[];
  readonly exports: readonly string[];
  /** What the backends promise that could keep its buckets; absent when it has none. */
  readonly backends?: Readonly<Record<string, Promises>>;
  /** Why the component can't be served. */
  readonly problem?: string;
}

/** `kvasi inspect`: exit code 1 when the component could not be served. */
export async function inspect(path: string, json: boolean, { cwd, stdout }: CommandContext): Promise<0 | 1> {
  const inspection = await examine(await readComponent(resolve(cwd, path)));
  stdout.write(json ? `${JSON.stringify(inspection, undefined, 2)}\n` : `${lines(inspection).join('\n')}\n`);
  return inspection.problem === undefined ? 0 : 1;
}

async function examine(file: ComponentFile): Promise<Inspection> {
  const provided = sampleImports();
  const imports = file.description.imports.map((item) => {
    const problem = whyNotServed(item, provided);
    if (problem !== undefined) return { name: item.name, served: 'not provided', problem };
    return { name: item.name, served: servedBy(item.name, file) };
  });
  const problem = problemOf(file);
  return {
    component: file.path,
    bytes: file.bytes.length,
    imports,
    exports: file.description.exports,
    ...(imports.some(({ name }) => name.startsWith('wasi:keyvalue/'))
      ? { backends: Object.fromEntries(await allPromises()) }
      : {}),
    ...(problem === undefined ? {} : { problem }),
  };
}

function servedBy(name: string, file: ComponentFile): string {
  if (name.startsWith('wasi:keyvalue/'))
    return `the configured backend (${describeDialect(dialectOf(file))})`;
  if (name.startsWith('wasi:sockets/') || name.startsWith('wasi:http/outgoing-handler'))
    return 'present, denied';
  if (name.startsWith('wasi:filesystem/')) return 'nothing but dev.volumes';
  return 'the host';
}

function problemOf(file: ComponentFile): string | undefined {
  try {
    checkComponent(file);
    dialectOf(file);
    return undefined;
  } catch (error) {
    if (error instanceof HostError) return error.message;
    throw error;
  }
}

function lines({ component, bytes, imports, exports, backends, problem }: Inspection): string[] {
  const width = Math.max(0, ...imports.map(({ name }) => name.length));
  return [
    `${styleText('bold', component)}  ${(bytes / 1024).toFixed(1)} KiB`,
    '',
    'imports',
    ...(imports.length === 0 ? ['  nothing'] : []),
    ...imports.map(({ name, served, problem: reason }) =>
      reason === undefined
        ? `  ${name.padEnd(width)}  ${styleText('dim', served)}`
        : `  ${name.padEnd(width)}  ${styleText('red', `not provided: ${reason}`)}`,
    ),
    'exports',
    ...(exports.length === 0 ? ['  nothing'] : exports.map((name) => `  ${name}`)),
    ...(backends === undefined
      ? []
      : ['backends', ...aligned(promiseRows(new Map(Object.entries(backends))))]),
    '',
    problem === undefined ? styleText('green', 'kvasi can serve it') : styleText('red', problem),
  ];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}
