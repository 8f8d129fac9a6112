import { styleText } from 'node:util';
import type { ComponentFile } from '../component/read.ts';
import { LOG_LEVELS, type LogLevel, type Settings } from '../config/settings.ts';
import type { Seeded } from '../entries/seed.ts';
import type { RequestReport } from '../front/request-report.ts';
import { reasonOf } from '../host-error.ts';
import type { CommandContext } from './command-context.ts';
import { firstScreen } from './first-screen.ts';
import { GuestOutput } from './guest-output.ts';
import { requestLine, trapLines } from './request-line.ts';

/** What there is once a component is served. */
export interface Start {
  readonly url: string;
  /** The inspector's page; undefined where it is off. */
  readonly inspector: string | undefined;
  readonly seeded: readonly Seeded[];
}

/** What `kvasi dev` tells while it runs. */
export interface DevOutput {
  warning(text: string): void;
  transpiling(path: string): void;
  serving(file: ComponentFile, settings: Settings, start: Start): void;
  request(report: RequestReport): void;
  print(request: number, stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
  crash(error: unknown): void;
  replaced(): void;
  end(): void;
}

/** Lines for people: what was asked for on standard output, everything that is wrong on standard error. */
export function textOutput(name: string, level: LogLevel, context: CommandContext): DevOutput {
  const { stdout, stderr } = context;
  const guest = new GuestOutput(name, { stdout, stderr });
  const shows = (wanted: LogLevel): boolean => LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(wanted);
  const complain = (text: string): void => {
    stderr.write(`${text}\n`);
  };
  return {
    warning: (text) => {
      if (shows('warn')) complain(`${styleText('yellow', 'warning:')} ${text}`);
    },
    transpiling: (path) => {
      if (shows('info')) complain(`transpiling ${path} … (only the first time)`);
    },
    serving: (file, settings, start) => {
      if (shows('info'))
        stdout.write(`${firstScreen(file, settings.keyvalue, start, context.cwd).join('\n')}\n`);
    },
    request: (report) => {
      guest.end(report.request);
      if (shows('info')) stdout.write(`${requestLine(report)}\n`);
      if (shows('error')) for (const line of trapLines(name, report)) complain(line);
    },
    print: (request, stream, bytes) => guest.write(request, stream, bytes),
    crash: (error) => complain(`kvasi: the guest thread broke down and is started again: ${stackOf(error)}`),
    replaced: () => {
      if (shows('warn')) {
        complain(
          `${styleText('yellow', 'warning:')} ${name} keeps its thread busy; other requests go on in a new one`,
        );
      }
    },
    end: () => guest.endAll(),
  };
}

/** One JSON object a line, all on standard output. */
export function jsonOutput(name: string, context: CommandContext): DevOutput {
  const decoder = new TextDecoder();
  const write = (event: string, fields: Record<string, unknown>): void => {
    context.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
  };
  return {
    warning: (text) => write('warning', { text }),
    transpiling: (path) => write('transpiling', { path }),
    serving: (file, { keyvalue: _, ...settings }, { url, inspector = null, seeded }) =>
      write('serving', {
        url,
        inspector,
        seeded,
        component: file.path,
        imports: file.description.imports.map((item) => item.name),
        instances: settings.instances,
      }),
    request: (report) => write('request', { ...report }),
    print: (request, stream, bytes) =>
      write('print', { component: name, request, stream, text: decoder.decode(bytes) }),
    crash: (error) => write('crash', { text: reasonOf(error) }),
    replaced: () => write('replaced', { component: name }),
    end: () => {},
  };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
