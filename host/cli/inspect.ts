import { resolve } from 'node:path';
import { styleText } from 'node:util';
import { promiseRows } from '../backends/promise-table.ts';
import { examine, type Inspection } from '../component/inspection.ts';
import { readComponent } from '../component/read.ts';
import type { CommandContext } from './command-context.ts';

/** `kvasi inspect`: exit code 1 when the component could not be served. */
export async function inspect(path: string, json: boolean, { cwd, stdout }: CommandContext): Promise<0 | 1> {
  const inspection = await examine(await readComponent(resolve(cwd, path)));
  stdout.write(json ? `${JSON.stringify(inspection, undefined, 2)}\n` : `${lines(inspection).join('\n')}\n`);
  return inspection.problem === undefined ? 0 : 1;
}

function lines({
  component,
  bytes,
  imports,
  exports,
  linked,
  fresh,
  backends,
  problem,
}: Inspection): string[] {
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
    'instances',
    `  linked ${linked}, fresh ${fresh}`,
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
