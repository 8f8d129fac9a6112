import type { CommandPart } from '../../command-part.ts';
import { addBlobCommands } from './blob-commands.ts';

/** `kvasi blob`. */
export const commandPart: CommandPart = {
  add: (program, context) => addBlobCommands(program, context),
};
