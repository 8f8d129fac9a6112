import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connections } from './connections.ts';
import { type Figure, figureLine, isMet } from './figure.ts';
import { keys } from './keys.ts';
import { loops } from './loops.ts';
import { memory } from './memory.ts';
import { overload } from './overload.ts';
import type { HostCommand } from './served-host.ts';

/**
 * `npm run soak -- --only overload --host ../other/host/cli/main.ts`: what a host does under more than it can take. Prints each figure
 * and what it is wanted to be; takes some five minutes.
 */
const trials: Readonly<Record<string, (command: HostCommand) => Promise<Figure[]>>> = {
  keys,
  connections,
  overload,
  memory,
  loops,
};
const { values } = parseArgs({
  options: {
    host: { type: 'string', default: fileURLToPath(new URL('../../host/cli/main.ts', import.meta.url)) },
    only: { type: 'string' },
  },
});
if (values.only !== undefined && trials[values.only] === undefined) {
  console.error(`--only is ${values.only}. Expected one of ${Object.keys(trials).join(', ')}.`);
  process.exit(2);
}
let areMet = true;
for (const [name, trial] of Object.entries(trials)) {
  if (values.only !== undefined && values.only !== name) continue;
  for (const figure of await trial(values.host)) {
    console.log(figureLine(figure));
    areMet &&= isMet(figure);
  }
}
process.exit(areMet ? 0 : 1);
