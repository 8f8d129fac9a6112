import type { Command } from 'commander';
import type { CommandContext } from '../terminal/command-context.ts';

/** What an interface brings to the command line. */
export interface CommandPart {
  /**
   * Adds its commands. What a command needs is imported when it is called.
   * @param done gets the exit code of a command that has one of its own
   */
  add(program: Command, context: CommandContext, done: (code: 0 | 1) => void): void;
  /** What `kvasi inspect` tells besides of a component that imports something of the interface. */
  inspect?(): Promise<InspectedPart>;
}

/** A part of what `kvasi inspect` tells. */
export interface InspectedPart {
  /** Its title, and its name in JSON. */
  readonly name: string;
  /** What it is in JSON. */
  readonly value: unknown;
  /** The same for people: a table, whose first row has the headings. */
  readonly rows: readonly (readonly string[])[];
}
