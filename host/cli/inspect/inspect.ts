import { resolve } from 'node:path';
import { examine, type Inspection, type Use } from '../../component/inspection.ts';
import { readComponent } from '../../component/read.ts';
import type { InspectedPart } from '../../interfaces/command-part.ts';
import { interfacesOf } from '../../interfaces/provided.ts';
import { readAtPlace } from '../../settings/at-place.ts';
import { HostError } from '../../shared/host-error.ts';
import { widest } from '../../shared/widest.ts';
import type { CommandContext } from '../../terminal/command-context.ts';
import { styled } from '../../terminal/styled.ts';
import type { ProjectWorkload } from '../project-component.ts';

const told: Readonly<Record<Use, string>> = {
  serve: 'kvasi can serve it',
  run: 'kvasi run can run it',
};

/** `kvasi inspect`: exit code 1 when the component could not be served, or a command not be run. */
export async function inspect(
  { path, place, ...beside }: ProjectWorkload,
  json: boolean,
  { cwd, stdout }: CommandContext,
): Promise<0 | 1> {
  if (path === '') throw new HostError('usage', 'the component has the name "". Name a .wasm file.');
  const file = await readAtPlace(place, () => readComponent(resolve(cwd, path)));
  const inspection = await examine(file, beside);
  const commands = await Promise.all(
    interfacesOf(file.description.imports, beside.imports).map((one) => one.commands?.()),
  );
  const parts = (await Promise.all(commands.map((part) => part?.inspect?.()))).filter(
    (part) => part !== undefined,
  );
  if (json) {
    const more = Object.fromEntries(parts.map(({ name, value }) => [name, value]));
    stdout.json({ ...inspection, ...more }, 2);
  } else stdout.lines(lines(inspection, parts));
  return inspection.problem === undefined ? 0 : 1;
}

function lines(
  { component, bytes, imports, exports, linked, fresh, uses, problem }: Inspection,
  parts: readonly InspectedPart[],
): string[] {
  const shown = imports.map(({ name, label, ...rest }) => ({
    name: label === undefined ? name : `${label}: ${name}`,
    ...rest,
  }));
  const width = widest(shown.map(({ name }) => name));
  return [
    `${styled('bold', component)}  ${(bytes / 1024).toFixed(1)} KiB`,
    '',
    'imports',
    ...(imports.length === 0 ? ['  nothing'] : []),
    ...shown.map(({ name, served, problem: reason }) =>
      reason === undefined
        ? `  ${name.padEnd(width)}  ${styled('dim', served)}`
        : `  ${name.padEnd(width)}  ${styled('red', `not provided: ${reason}`)}`,
    ),
    'exports',
    ...(exports.length === 0 ? ['  nothing'] : exports.map((name) => `  ${name}`)),
    'instances',
    `  linked ${linked}, fresh ${fresh}`,
    ...parts.flatMap(({ name, rows }) => [name, ...aligned(rows)]),
    '',
    ...uses.map((use) => styled('green', told[use])),
    ...(problem === undefined ? [] : problem.split('\n').map((line) => styled('red', line))),
  ];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => widest(rows.map((row) => row[column] ?? '')));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}
