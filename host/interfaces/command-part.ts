import type { Command } from 'commander';
import type { CommandContext } from '../terminal/command-context.ts';

/** What an interface brings to the command line. */
export interface CommandPart {
  /**
   * Adds its commands. What a command needs is imported when it is called.
   * @param done gets the exit code of a command that has one of its own
   */
  add(program: Command, context: CommandContext, done: (code: 0 | 1) => void): void;
}
