import { type ChildProcess, spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { freePort, isInstalled } from './server.ts';

/** A collector with a receiver of OTLP, as a program of its own. */
const collector = { command: 'rotel-agent', hint: 'it is in the package rotel of PyPI' };

export const isReceiverInstalled = (): Promise<boolean> => isInstalled(collector);

/** A span as the collector prints it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly scope: string;
  readonly traceId: string;
  readonly parentId: string;
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** All of it, as it is printed. */
  readonly text: string;
}

/** A collector that prints what it receives. */
export class OtlpReceiver implements AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly #child: ChildProcess;
  #text = '';

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        this.#text += text;
      });
    }
  }

  static async start(port?: number): Promise<OtlpReceiver> {
    const [http, grpc] = [port ?? (await freePort()), await freePort()];
    const child = spawn(
      collector.command,
      [
        ...[
          'start',
          '--otlp-http-endpoint',
          `127.0.0.1:${http}`,
          '--otlp-grpc-endpoint',
          `127.0.0.1:${grpc}`,
        ],
        ...['--exporter', 'blackhole', '--batch-timeout', '50ms', '--debug-log-verbosity', 'detailed'],
        ...['traces', 'metrics', 'logs'].flatMap((signal) => ['--debug-log', signal]),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const receiver = new OtlpReceiver(http, child);
    await receiver.#listens();
    return receiver;
  }

  /** All that has been printed. */
  get text(): string {
    return stripVTControlCharacters(this.#text);
  }

  get spans(): ReceivedSpan[] {
    return this.text
      .split(/^ResourceSpans #\d+$/m)
      .slice(1)
      .flatMap(spansOf);
  }

  /** What is printed of metrics of that name, each time. */
  metrics(name: string): string[] {
    return this.text
      .split(/^Metric #\d+$|^ResourceMetrics #\d+$|^ResourceSpans #\d+$|^ResourceLog #\d+$/m)
      .filter((part) => part.includes(`-> Name: ${name}\n`));
  }

  /** It answers no more, and takes connections. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async #listens(): Promise<void> {
    for (;;) {
      try {
        await fetch(this.url);
        return;
      } catch {
        if (this.#child.exitCode !== null) throw new Error(`the collector has ended:\n${this.text}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

function spansOf(resource: string): ReceivedSpan[] {
  const service = /-> service\.name: Str\((.*)\)$/m.exec(resource)?.[1] ?? '';
  return resource
    .split(/^ScopeSpans #\d+$/m)
    .slice(1)
    .flatMap((scoped) => {
      const scope = /^InstrumentationScope (\S*)/m.exec(scoped)?.[1] ?? '';
      return scoped
        .split(/^Span #\d+$/m)
        .slice(1)
        .map((text) => spanOf(text, service, scope));
    });
}

function spanOf(text: string, service: string, scope: string): ReceivedSpan {
  const field = (name: string): string => new RegExp(`^ +${name} *: (.*)$`, 'm').exec(text)?.[1] ?? '';
  const [own = ''] = text.split(/^(?:Events|Links):$/m);
  const attributes = [...own.matchAll(/^ +-> (\S+): \w+\((.*)\)$/gm)].map(([, key = '', value = '']) => [
    key,
    value,
  ]);
  return {
    service,
    scope,
    traceId: field('Trace ID'),
    parentId: field('Parent ID'),
    id: field('ID'),
    name: field('Name'),
    kind: field('Kind'),
    status: field('Status code'),
    attributes: Object.fromEntries(attributes),
    text,
  };
}
