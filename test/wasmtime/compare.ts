import { parseArgs } from 'node:util';
import { compare } from './comparison.ts';
import { wasmtimeFromEnvironment } from './environment.ts';

/**
 * `npm run compare -- --only chunk --all`: the same conversations with kvasi and with `wasmtime serve`, and what
 * both do in those that differ.
 */
const { values } = parseArgs({ options: { only: { type: 'string' }, all: { type: 'boolean' } } });
const longest = 300;
const environment = await wasmtimeFromEnvironment();
if (environment === undefined) process.exit(1);
const compared = await compare({ ...environment, only: values.only });
const counts = new Map<string, number>();
for (const { name, verdict, kvasi, wasmtime } of compared) {
  counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  if (verdict === 'same' && values.all !== true) continue;
  console.log(`${verdict.padEnd(9)}  ${name}\n  kvasi     ${cut(kvasi)}\n  wasmtime  ${cut(wasmtime)}`);
}
console.log([...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', '));
process.exit((counts.get('DIFFERENT') ?? 0) + (counts.get('no longer') ?? 0) > 0 ? 1 : 0);

function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
}
