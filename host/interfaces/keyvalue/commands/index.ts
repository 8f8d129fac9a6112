import type { CommandPart } from '../../command-part.ts';
import { addConformanceCommand } from './conformance-command.ts';
import { addKvCommands } from './kv-commands.ts';

/** `kvasi conformance` and `kvasi kv`. */
export const commandPart: CommandPart = {
  add(program, context, done) {
    addConformanceCommand(program, context, done);
    addKvCommands(program, context);
  },
  async inspect() {
    const { allCapabilities, capabilityRows } = await import('../backends/capability-table.ts');
    const table = await allCapabilities();
    return { name: 'backends', value: Object.fromEntries(table), rows: capabilityRows(table) };
  },
};
