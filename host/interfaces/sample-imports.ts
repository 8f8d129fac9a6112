import { Holdings } from '../runtime/worker/holdings.ts';
import { Lifetime } from '../runtime/worker/lifetime.ts';
import { systemClock } from '../shared/clock.ts';
import { noFilesystem } from './filesystem/filesystem.ts';
import { guestImports, type Interfaces } from './imports.ts';
import { StoreError } from './keyvalue/backends/backend.ts';
import { CursorTable } from './keyvalue/cursor-table.ts';
import { OperationLog } from './keyvalue/operation.ts';
import { TurnLimit } from './keyvalue/turn-limit.ts';
import { systemRandom } from './random/random.ts';

/** The imports of a guest without any surroundings, to see which functions there are. */
export function sampleImports(): Interfaces {
  return guestImports({
    environment: {},
    args: [],
    config: {},
    filesystem: noFilesystem,
    lifetime: new Lifetime(),
    holdings: new Holdings(),
    clock: systemClock,
    random: systemRandom,
    print: () => {},
    keyvalue: {
      holdings: new Holdings(),
      cursors: new CursorTable(),
      dialect: { cursor: 'string', counter: 's64', batch: 'optional-pairs' },
      log: new OperationLog(),
      turns: new TurnLimit(),
      request: () => 0,
      stores: {
        open(identifier) {
          throw new StoreError('no-such-store', `there is no bucket '${identifier}'`);
        },
      },
    },
  });
}
