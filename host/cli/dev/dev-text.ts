import { basename } from 'node:path';
import type { ComponentFile } from '../../component/read.ts';
import type { ScheduleReport } from '../../composition/schedule-report.ts';
import type { Settings } from '../../composition/settings.ts';
import { whyFailed } from '../../runtime/outcome.ts';
import type { GuestLog } from '../../runtime/worker/guest-log.ts';
import { LOG_LEVELS, type LogLevel } from '../../settings/host-settings.ts';
import { formatTime } from '../../shared/format-time.ts';
import { stackOf } from '../../shared/host-error.ts';
import { printable, shortened } from '../../shared/printable.ts';
import type { CommandContext } from '../../terminal/command-context.ts';
import type { StreamName } from '../../terminal/output.ts';
import { styled } from '../../terminal/styled.ts';
import type { RefusedClient } from '../../triggers/http/refusal.ts';
import type { RequestReport } from '../../triggers/http/request-report.ts';
import type { ChangeReport } from '../../triggers/keyvalue-watch/change-report.ts';
import { type DeliveryReport, whyNotHandled } from '../../triggers/messaging/delivery-report.ts';
import { BuildOutput } from './build-output.ts';
import type { DevOutput, Start } from './dev-output.ts';
import { firstScreen } from './first-screen.ts';
import { GuestOutput } from './guest-output.ts';
import { formatCounts, type MissedCounts, MissedLines } from './missed-lines.ts';
import { changeLines, messageLines, requestLines, scheduleLines, trapLines } from './request-line.ts';
import { RequestPace } from './request-pace.ts';

/** A warning may quote what a component said; it is cut here, in characters. */
const longestWarning = 4000;

/** Lines for people: what was asked for on standard output, everything that is wrong on standard error. */
export class TextOutput implements DevOutput {
  /** Whether each operation of a request gets a line of its own. */
  isVerbose: boolean;
  readonly #name: string;
  readonly #level: LogLevel;
  readonly #context: CommandContext;
  readonly #guest: GuestOutput;
  /** Of what runs beside the component, by its name. */
  readonly #others = new Map<string, GuestOutput>();
  readonly #build: BuildOutput;
  readonly #pace = new RequestPace((counts) => this.#sayMore(counts));
  readonly #messagePace = new RequestPace((counts) =>
    this.#say(
      'others',
      styled(
        'dim',
        `… and more messages and changes in the same second: ${[...counts.values()].reduce((a, b) => a + b, 0)}`,
      ),
    ),
  );
  readonly #missed: Readonly<Record<StreamName, MissedLines>>;
  #isServing = false;

  constructor(name: string, level: LogLevel, isVerbose: boolean, context: CommandContext) {
    this.isVerbose = isVerbose;
    this.#name = name;
    this.#level = level;
    this.#context = context;
    this.#guest = new GuestOutput(name, context);
    this.#build = new BuildOutput(context);
    const text = (counts: MissedCounts): string =>
      `… and more that nobody read in time: ${formatCounts(counts)}`;
    this.#missed = {
      stdout: new MissedLines(context.stdout, (counts) => this.#write([styled('dim', text(counts))])),
      stderr: new MissedLines(context.stderr, (counts) => this.#writeProblem(`kvasi: ${text(counts)}`)),
    };
  }

  warning(text: string): void {
    if (this.#shows('warn'))
      this.#complain('warnings', `${styled('yellow', 'warning:')} ${shortened(text, longestWarning)}`);
  }

  transpiling(path: string): void {
    if (this.#shows('info')) this.#complain('others', `transpiling ${path} … (only the first time)`);
  }

  building(command: string, [first, ...others]: readonly string[]): void {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    const why = first === undefined ? '' : styled('dim', `${printable(first)}${more} changed: `);
    this.#say('others', `${styled('cyan', 'building')}  ${why}${printable(command)}`);
  }

  buildOutput(stream: StreamName, bytes: Uint8Array): Promise<void> | undefined {
    if (!this.#shows('error')) return undefined;
    this.#guest.interrupt();
    this.#build.write(stream, bytes);
    return this.#context[stream].ready();
  }

  built(milliseconds: number): void {
    this.#build.end();
    this.#say('others', `${styled('cyan', 'built')}  ${formatTime(milliseconds)}`);
  }

  buildFailed(reason: string): void {
    this.#build.end();
    this.#fail(reason);
  }

  serving(file: ComponentFile, settings: Settings, start: Start): void {
    this.#isServing = true;
    this.#say('others', ...firstScreen(file, settings, start, this.#context));
  }

  reloaded({ path }: ComponentFile, milliseconds: number, paths: readonly string[]): void {
    const names = paths.map((one) => (one === path ? this.#name : basename(one, '.wasm')));
    const name = names.join(', ') || this.#name;
    this.#say('others', `${styled('cyan', 'reloaded')}  ${printable(name)}  ${formatTime(milliseconds)}`);
  }

  reloadedService(name: string, milliseconds: number): void {
    this.#say('others', `${styled('cyan', 'reloaded')}  ${printable(name)}  ${formatTime(milliseconds)}`);
  }

  reloadFailed(reason: string): void {
    this.#fail(reason);
  }

  request(report: RequestReport): void {
    this.#guest.end(report.request);
    if (this.#shows('info') && this.#pace.admits(report))
      this.#say(String(report.status), ...requestLines(report, this.isVerbose));
    if (report.trap !== undefined && this.#shows('error'))
      this.#complain('traps', ...trapLines(this.#name, report));
  }

  scheduled(report: ScheduleReport): void {
    this.#others.get(report.schedule)?.endAll();
    this.#say('scheduled', ...scheduleLines(report, this.isVerbose));
  }

  delivered(report: DeliveryReport): void {
    this.#told(report.request, whyNotHandled(report) === undefined, (isVerbose) =>
      messageLines(report, isVerbose),
    );
  }

  changed(report: ChangeReport): void {
    this.#told(report.request, whyFailed(report) === undefined, (isVerbose) =>
      changeLines(report, isVerbose),
    );
  }

  #told(request: number, isHandled: boolean, linesOf: (isVerbose: boolean) => string[]): void {
    this.#guest.end(request);
    if (!this.#messagePace.admits({ status: isHandled ? 200 : 500, failure: undefined, refused: false }))
      return;
    const lines = linesOf(this.isVerbose);
    if (isHandled) this.#say('messages', ...lines);
    else if (this.#shows('error')) this.#complain('messages', ...lines);
  }

  print(request: number, stream: StreamName, bytes: Uint8Array): Promise<void> | undefined {
    for (const other of this.#others.values()) other.interrupt();
    this.#guest.write(request, stream, bytes);
    return this.#context[stream].ready();
  }

  log(_: number, log: GuestLog): Promise<void> | undefined {
    this.#interrupt();
    this.#guest.log(log);
    return this.#context.stderr.ready();
  }

  printedBy(name: string, stream: StreamName, bytes: Uint8Array): Promise<void> | undefined {
    let other = this.#others.get(name);
    if (other === undefined) {
      other = new GuestOutput(name, this.#context);
      this.#others.set(name, other);
    }
    for (const guest of [this.#guest, ...this.#others.values()]) if (guest !== other) guest.interrupt();
    other.write(1, stream, bytes);
    return this.#context[stream].ready();
  }

  refused({ status, reason }: RefusedClient): void {
    if (this.#shows('warn') && this.#pace.admitsRefusal(status))
      this.#complain(`refused ${status}`, `${styled('yellow', 'refused')}  ${status}  ${printable(reason)}`);
  }

  fault(error: unknown): void {
    this.#complain('faults', `kvasi: a fault of kvasi, which ended what it happened to: ${stackOf(error)}`);
  }

  crash(error: unknown): void {
    this.#complain('faults', `kvasi: the worker broke down and is started again: ${stackOf(error)}`);
  }

  replaced(): void {
    this.warning(`${this.#name} keeps its thread busy; other requests go on in a new one`);
  }

  end(): void {
    for (const guest of [this.#guest, ...this.#others.values()]) guest.endAll();
    this.#pace.end();
    this.#messagePace.end();
    this.#missed.stdout.tell();
    this.#missed.stderr.tell();
  }

  /** @param kind under which it is counted where nobody reads it */
  #say(kind: string, ...lines: readonly string[]): void {
    if (this.#shows('info') && this.#missed.stdout.admits(kind)) this.#write(lines);
  }

  #sayMore(counts: ReadonlyMap<number, number>): void {
    const { stdout } = this.#missed;
    if (!this.#context.stdout.isFull)
      this.#say('others', styled('dim', `… and more in the same second: ${formatCounts(counts)}`));
    else if (this.#shows('info')) for (const [status, count] of counts) stdout.add(String(status), count);
  }

  #fail(reason: string): void {
    if (!this.#shows('error')) return;
    const next = this.#isServing
      ? 'The last good component is served on.'
      : 'Waiting for a change that builds.';
    this.#complain('others', `${styled('red', 'kvasi:')} ${reason}`, next);
  }

  /** @param kind under which it is counted where nobody reads it */
  #complain(kind: string, ...texts: readonly string[]): void {
    if (!this.#missed.stderr.admits(kind)) return;
    for (const text of texts) this.#writeProblem(text);
  }

  #interrupt(): void {
    this.#guest.interrupt();
    for (const other of this.#others.values()) other.interrupt();
  }

  #write(lines: readonly string[]): void {
    this.#interrupt();
    this.#context.stdout.lines(lines);
  }

  #writeProblem(text: string): void {
    this.#interrupt();
    this.#context.stderr.problem(text);
  }

  #shows(wanted: LogLevel): boolean {
    return LOG_LEVELS.indexOf(this.#level) >= LOG_LEVELS.indexOf(wanted);
  }
}
