import { basename } from 'node:path';
import { runEntry } from '../component/entry-point.ts';
import { loadAlone } from '../component/load-alone.ts';
import { workloadOfOne } from '../component/workload.ts';
import { CommandHost } from '../composition/command-host.ts';
import { seedStores } from '../composition/seed-stores.ts';
import { type Flags, resolveSettings } from '../composition/settings.ts';
import { mostMemory } from '../settings/limits.ts';
import { HostError, stackOf } from '../shared/host-error.ts';
import { holdProcess } from '../shared/process-hold.ts';
import type { CommandContext } from '../terminal/command-context.ts';
import { requireInput } from '../terminal/input.ts';
import type { CommandEnd } from '../triggers/run/command-call.ts';
import { RawOutput } from './raw-output.ts';

/** What the process answers for a command that has trapped, as a shell says of one that was aborted. */
const trapped = 134;
/** The same for one that was interrupted. */
const interrupted = 130;

/**
 * `kvasi run`: runs a component that exports `wasi:cli/run`, and answers what it has exited with.
 *
 * @param args of the component, without its name
 */
export async function runComponent(
  path: string,
  args: readonly string[],
  flags: Flags,
  context: CommandContext,
): Promise<number> {
  const { cwd, env, stdin, stdout, stderr, signal } = context;
  requireInput(stdin);
  const { settings, warnings } = await resolveSettings({ cwd, env, flags: { ...flags, component: path } });
  const warn = (text: string): void => stderr.problem(`kvasi: ${text}`);
  for (const warning of warnings) warn(warning);
  const component = await loadAlone(workloadOfOne(settings.component ?? path, settings.imports), {
    memory: mostMemory(settings.limits),
    instances: 'fresh',
    entry: runEntry,
  });
  const output = { stdout: new RawOutput(stdout), stderr: new RawOutput(stderr) };
  const tellFault = (error: unknown): void => stderr.problem(`kvasi: ${stackOf(error)}`);
  const host = new CommandHost(component, settings, {
    print: (_, stream, bytes) => output[stream].write(bytes),
    warning: warn,
    crash: tellFault,
    fault: tellFault,
    replaced() {},
  });
  await using ends = new AsyncDisposableStack();
  ends.use(holdProcess());
  const asked = settings.servicePorts.filter(({ isOfCall }) => isOfCall === true);
  if (asked.length > 0) {
    const { requirePublishable } = await import('../composition/require-publishable.ts');
    await requirePublishable(asked);
  }
  ends.defer(() => host.close());
  await host.start();
  await seedStores(settings.keyvalue, host.memory);
  const name = basename(path);
  const run = host.run({
    args: [name, ...args],
    stdin,
    terminals: {
      stdin: 'isTTY' in stdin && stdin.isTTY === true,
      stdout: stdout.isTerminal,
      stderr: stderr.isTerminal,
    },
  });
  const stop = (): void => run.abort('it was interrupted');
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  ends.defer(() => signal.removeEventListener('abort', stop));
  const end = await run.ended;
  output.stdout.end();
  output.stderr.end();
  // Whoever read the output may have gone, which ends the command and is no interruption.
  if (signal.aborted) await stdout.drained();
  return codeOf(end, name, context);
}

function codeOf({ status, trap, reason }: CommandEnd, name: string, context: CommandContext): number {
  if (status !== undefined) return status;
  if (context.signal.aborted) return interrupted;
  if (trap === undefined)
    throw new HostError('component', `${name} was ended: ${reason ?? 'its thread broke down'}.`);
  const frames = trap.backtrace.map((frame) => `\n    at ${frame}`).join('');
  context.stderr.problem(`kvasi: ${name} trapped: ${trap.reason}${frames}`);
  if (trap.hostStack !== undefined) context.stderr.problem(trap.hostStack);
  return trapped;
}
