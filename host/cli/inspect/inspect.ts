import { resolve } from 'node:path';
import { examine, type Inspection } from '../../component/inspection.ts';
import { readComponent } from '../../component/read.ts';
import { capabilityRows } from '../../interfaces/keyvalue/backends/capability-table.ts';
import { HostError } from '../../shared/host-error.ts';
import { widest } from '../../shared/widest.ts';
import type { CommandContext } from '../../terminal/command-context.ts';
import { styled } from '../../terminal/styled.ts';

/** `kvasi inspect`: exit code 1 when the component could not be served. */
export async function inspect(path: string, json: boolean, { cwd, stdout }: CommandContext): Promise<0 | 1> {
  if (path === '') throw new HostError('usage', 'the component has the name "". Name a .wasm file.');
  const inspection = await examine(await readComponent(resolve(cwd, path)));
  if (json) stdout.json(inspection, 2);
  else stdout.lines(lines(inspection));
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
  const width = widest(imports.map(({ name }) => name));
  return [
    `${styled('bold', component)}  ${(bytes / 1024).toFixed(1)} KiB`,
    '',
    'imports',
    ...(imports.length === 0 ? ['  nothing'] : []),
    ...imports.map(({ name, served, problem: reason }) =>
      reason === undefined
        ? `  ${name.padEnd(width)}  ${styled('dim', served)}`
        : `  ${name.padEnd(width)}  ${styled('red', `not provided: ${reason}`)}`,
    ),
    'exports',
    ...(exports.length === 0 ? ['  nothing'] : exports.map((name) => `  ${name}`)),
    'instances',
    `  linked ${linked}, fresh ${fresh}`,
    ...(backends === undefined
      ? []
      : ['backends', ...aligned(capabilityRows(new Map(Object.entries(backends))))]),
    '',
    ...(problem === undefined
      ? [styled('green', 'kvasi can serve it')]
      : problem.split('\n').map((line) => styled('red', line))),
  ];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => widest(rows.map((row) => row[column] ?? '')));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}
