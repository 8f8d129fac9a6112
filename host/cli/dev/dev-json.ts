import { isUtf8 } from 'node:buffer';
import { failureOf } from '../../composition/schedule-report.ts';
import { recordsOf } from '../../interfaces/traced-operations.ts';
import { whyFailed } from '../../runtime/outcome.ts';
import type { PackedTrace } from '../../runtime/trace/packed-trace.ts';
import { fieldsOf, type RecordFields } from '../../runtime/trace/record-fields.ts';
import { reasonOf, stackOf } from '../../shared/host-error.ts';
import type { CommandContext } from '../../terminal/command-context.ts';
import type { StreamName } from '../../terminal/output.ts';
import { UnfinishedOutput } from '../../terminal/unfinished-output.ts';
import { unfinishedCharacter } from '../../terminal/utf8.ts';
import { whyNotHandled } from '../../triggers/messaging/delivery-report.ts';
import { BuildOutput } from './build-output.ts';
import type { DevOutput } from './dev-output.ts';
import { MissedLines } from './missed-lines.ts';

/** How many beginnings of characters are kept until their rest comes. Each may be of another request. */
const mostBeginnings = 1000;

/** One JSON object a line on standard output; what a build prints goes to standard error. */
export function jsonOutput(name: string, { stdout, stderr }: CommandContext): DevOutput {
  const build = new BuildOutput({ stdout: stderr, stderr });
  const write = (event: string, fields: Record<string, unknown>): void => stdout.json({ event, ...fields });
  const printed = new Printed((request, stream, bytes) =>
    write('print', { component: name, request, stream, ...textOf(bytes) }),
  );
  const printers = new Map<string, Printed>();
  const missed = new MissedLines(stdout, (counts) =>
    write('missed', { requests: 0, ...Object.fromEntries(counts) }),
  );
  /** What happens may happen often; what a user does does not. */
  const tell = (event: string, kind: string, fields: () => Record<string, unknown>): void => {
    if (missed.admits(kind)) write(event, fields());
  };
  return {
    warning: (text) => tell('warning', 'warnings', () => ({ text })),
    transpiling: (path) => write('transpiling', { path }),
    building: (command, changed) => write('building', { command, changed }),
    buildOutput(stream, bytes) {
      build.write(stream, bytes);
      return stderr.ready();
    },
    built(milliseconds) {
      build.end();
      write('built', { milliseconds });
    },
    buildFailed(reason) {
      build.end();
      write('build-failed', { reason });
    },
    serving: (file, { keyvalue: _, ...settings }, { url, inspector = null, seeded }) =>
      write('serving', {
        url,
        inspector,
        seeded,
        component: file.path,
        ...(settings.components.length === 0
          ? {}
          : { components: settings.components.map(({ name, path }) => ({ name, file: path })) }),
        imports: file.description.imports.map(({ name, label }) =>
          label === undefined ? name : `${label}: ${name}`,
        ),
        instances: settings.instances,
      }),
    reloaded: (file, milliseconds, [path = file.path, ...others]) =>
      write('reloaded', { component: path, milliseconds, ...(others.length === 0 ? {} : { others }) }),
    reloadedService: (service, milliseconds) => write('reloaded', { service, milliseconds }),
    reloadFailed: (reason) => write('reload-failed', { reason }),
    request(report) {
      printed.end(report.request);
      tell('request', 'requests', () => ({
        ...report,
        operations: operationsIn(report.operations),
        omittedOperations: report.operations.omitted,
      }));
    },
    scheduled(report) {
      const { request, schedule, milliseconds, operations } = report;
      tell('scheduled', 'scheduled', () => ({
        request,
        schedule,
        failure: failureOf(report) ?? null,
        milliseconds,
        operations: operationsIn(operations),
        omittedOperations: operations.omitted,
      }));
    },
    delivered(report) {
      const { operations, disposition } = report;
      printed.end(report.request);
      tell('message', 'messages', () => ({
        ...report,
        disposition: disposition?.case ?? null,
        failure: whyNotHandled(report) ?? null,
        operations: recordsOf(operations).map(fieldsOf),
        omittedOperations: operations.omitted,
      }));
    },
    changed(report) {
      const { operations } = report;
      printed.end(report.request);
      tell('change', 'changes', () => ({
        ...report,
        failure: whyFailed(report) ?? null,
        operations: recordsOf(operations).map(fieldsOf),
        omittedOperations: operations.omitted,
      }));
    },
    print(request, stream, bytes) {
      printed.add(request, stream, bytes);
      return stdout.ready();
    },
    log(request, { level, context, message }) {
      write('log', { component: name, request, level, context, message });
      return stdout.ready();
    },
    printedBy(other, stream, bytes) {
      let printer = printers.get(other);
      if (printer === undefined) {
        printer = new Printed((_, to, part) =>
          write('print', { component: other, stream: to, ...textOf(part) }),
        );
        printers.set(other, printer);
      }
      printer.add(0, stream, bytes);
      return stdout.ready();
    },
    refused: (refusal) => tell('refused', 'refusals', () => ({ ...refusal })),
    fault: (error) => tell('fault', 'faults', () => ({ text: stackOf(error) })),
    crash: (error) => tell('crash', 'crashes', () => ({ text: reasonOf(error) })),
    replaced: () => tell('replaced', 'replacements', () => ({ component: name })),
    end() {
      for (const one of [printed, ...printers.values()]) one.endAll();
      missed.tell();
    },
  };
}

/** What was told was told when it was. */
function operationsIn(trace: PackedTrace): RecordFields[] {
  return recordsOf(trace)
    .filter(({ operation }) => operation.effect !== 'tell')
    .map(fieldsOf);
}

/** Text, and the bytes besides where they are none: as text they would be others. */
function textOf(bytes: Uint8Array): { readonly text: string; readonly bytes?: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString();
  return isUtf8(buffer) ? { text } : { text, bytes: buffer.toString('base64') };
}

type Tell = (request: number, stream: StreamName, bytes: Uint8Array) => void;

/** What components print in pieces that end between characters. */
class Printed {
  readonly #tell: Tell;
  /** Beginnings of characters whose rest is still to come. */
  readonly #beginnings: UnfinishedOutput<Uint8Array>;

  constructor(tell: Tell) {
    this.#tell = tell;
    this.#beginnings = new UnfinishedOutput(mostBeginnings, ({ request, stream, kept }) =>
      tell(request, stream, kept),
    );
  }

  add(request: number, stream: StreamName, bytes: Uint8Array): void {
    const before = this.#beginnings.get(request, stream);
    const all = before === undefined ? bytes : Buffer.concat([before, bytes]);
    const end = all.length - unfinishedCharacter(all);
    if (end > 0) this.#tell(request, stream, all.subarray(0, end));
    // A copy, because whoever wrote it may use the memory again.
    const beginning = end < all.length ? Uint8Array.from(all.subarray(end)) : undefined;
    if (before !== undefined || beginning !== undefined) this.#beginnings.set(request, stream, beginning);
  }

  end(request: number): void {
    this.#beginnings.end(request);
  }

  endAll(): void {
    this.#beginnings.endAll();
  }
}
