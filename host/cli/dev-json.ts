import { reasonOf, stackOf } from '../host-error.ts';
import { unpackOperations } from '../wasi/keyvalue/operation.ts';
import type { CommandContext } from './command-context.ts';
import type { DevOutput } from './dev-output.ts';

/** One JSON object a line on standard output; what a build prints goes to standard error. */
export function jsonOutput(name: string, context: CommandContext): DevOutput {
  const decoder = new TextDecoder();
  const write = (event: string, fields: Record<string, unknown>): void => {
    context.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
  };
  return {
    warning: (text) => write('warning', { text }),
    transpiling: (path) => write('transpiling', { path }),
    building: (command, changed) => write('building', { command, changed }),
    buildOutput: (_, bytes) => context.stderr.write(bytes),
    built: (milliseconds) => write('built', { milliseconds }),
    buildFailed: (reason) => write('build-failed', { reason }),
    serving: (file, { keyvalue: _, ...settings }, { url, inspector = null, seeded }) =>
      write('serving', {
        url,
        inspector,
        seeded,
        component: file.path,
        imports: file.description.imports.map((item) => item.name),
        instances: settings.instances,
      }),
    reloaded: (file, milliseconds) => write('reloaded', { component: file.path, milliseconds }),
    reloadFailed: (reason) => write('reload-failed', { reason }),
    request: (report) =>
      write('request', {
        ...report,
        operations: unpackOperations(report.operations),
        omittedOperations: report.operations.omitted,
      }),
    print: (request, stream, bytes) =>
      write('print', { component: name, request, stream, text: decoder.decode(bytes) }),
    refused: (refusal) => write('refused', { ...refusal }),
    fault: (error) => write('fault', { text: stackOf(error) }),
    crash: (error) => write('crash', { text: reasonOf(error) }),
    replaced: () => write('replaced', { component: name }),
    end: () => {},
  };
}
