import { CommanderError } from 'commander';
import { loadAllSettings } from '../composition/all-settings.ts';
import type { CommandPart } from '../interfaces/command-part.ts';
import type { Setting } from '../settings/setting.ts';
import { isFileError, isOfPath } from '../shared/file-reason.ts';
import { HostError, stackOf } from '../shared/host-error.ts';
import type { CommandContext, Surroundings } from '../terminal/command-context.ts';
import { Output, OutputGone } from '../terminal/output.ts';
import { usualPatience } from '../terminal/signals.ts';
import { commandLine, type ExitCode } from './command-line.ts';
import { requireTexts } from './require-texts.ts';

/**
 * Runs a command line and answers the exit code, once all that was printed is out. Errors for people go to `stderr`, each in
 * one message; a fault of kvasi's own with its stack.
 */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const stdout = new Output(surroundings.stdout, 'standard output');
  const stderr = new Output(surroundings.stderr, 'standard error');
  const context: CommandContext = {
    ...surroundings,
    stdout,
    stderr,
    heedSignals: (patience = usualPatience) => surroundings.heedSignals?.(patience),
  };
  let code = await runCommand(args, context).catch((error: unknown) => tell(error, stderr));
  // A command that has failed has told why; where nobody reads any more, nothing more is to be told.
  await stdout.drained().catch((error: unknown) => {
    if (code === 0) code = tell(error, stderr);
  });
  await stderr.drained().catch(() => {});
  return code;
}

async function runCommand(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  requireTexts(args);
  let code: ExitCode = 0;
  const settings = await loadAllSettings();
  const parts = await partsFor(args, context, settings);
  const program = commandLine(context, (result) => (code = result), settings, parts);
  await program.parseAsync([...args], { from: 'user' });
  return code;
}

/** What interfaces bring takes a while to load, and one of kvasi's own commands needs nothing of it. */
async function partsFor(
  args: readonly string[],
  context: CommandContext,
  settings: readonly Setting[],
): Promise<readonly CommandPart[]> {
  const own = commandLine(context, () => {}, settings, []);
  const [name] = own.parseOptions([...args]).operands;
  if (name !== 'completions' && own.commands.some((command) => command.name() === name)) return [];
  const { commandParts } = await import('./command-parts.ts');
  return await commandParts();
}

/** Answers the exit code that an error makes. */
function tell(error: unknown, stderr: Output): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof OutputGone) return 0;
  // A folder is read-only, or a disk is full.
  if (isOfPath(error)) {
    stderr.problem(`kvasi: a file or folder can't be used: ${error.message}`);
    return 1;
  }
  if (!(error instanceof HostError)) {
    stderr.problem(`kvasi: ${stackOf(error)}`);
    return 1;
  }
  stderr.problem(`kvasi: ${error.message}`);
  if (error.code === 'internal' && error.cause !== undefined) stderr.problem(stackOf(error.cause));
  return error.code === 'usage' || isUnreadable(error) ? 2 : 1;
}

/** Whether a component, or a file of settings or scenarios, can't be read; for whoever starts a host it is no usage. */
function isUnreadable({ code, cause }: HostError): boolean {
  return (code === 'config' || code === 'component') && isFileError(cause);
}
