import { Connection } from './connection.ts';
import { control, type Exchange, type Fault } from './exchange.ts';
import { HostileHost } from './hostile-host.ts';

/** How long is looked for something smaller, in milliseconds. */
const patience = 60_000;
/** The most that is shown of a part, in characters. */
const longestPart = 200;
/** A host that has broken down may take a moment to end, in milliseconds. */
const lastMoment = 100;

/** Finds which of these exchanges fails alone, leaves parts of it out while it fails, and tells what is left. */
export async function minimize(suspects: readonly Exchange[]): Promise<string> {
  const deadline = performance.now() + patience;
  await using hosts = new Hosts();
  for (const suspect of suspects) {
    const fault = await faultOf(hosts, suspect, suspect.parts);
    if (fault === undefined) {
      if (performance.now() > deadline) break;
      continue;
    }
    let parts = suspect.parts;
    for (let size = Math.ceil(parts.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < parts.length && performance.now() < deadline; ) {
        const fewer = [...parts.slice(0, at), ...parts.slice(at + size)];
        if (fewer.length > 0 && (await faultOf(hosts, suspect, fewer))?.kind === fault.kind) parts = fewer;
        else at += size;
      }
    }
    return `${suspect.name} does it alone (${fault.reason.slice(0, 500)}), and so do these parts of it:\n${parts.map(shown).join('\n')}`;
  }
  const names = suspects.map(({ name, parts }) => `  ${name}: ${JSON.stringify(parts)}`).join('\n');
  return `none of them does it alone:\n${names}`;
}

function shown(part: string): string {
  const text = JSON.stringify(part);
  return text.length <= longestPart
    ? `  ${text}`
    : `  ${text.slice(0, longestPart)}… (${part.length} characters)`;
}

/** A host, and another one when it has ended. */
class Hosts implements AsyncDisposable {
  #host: HostileHost | undefined;

  async get(): Promise<HostileHost> {
    if (this.#host?.hasEnded === false) return this.#host;
    await this[Symbol.asyncDispose]();
    this.#host = await HostileHost.start();
    return this.#host;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host?.[Symbol.asyncDispose]();
  }
}

async function faultOf(
  hosts: Hosts,
  exchange: Exchange,
  parts: readonly string[],
): Promise<Fault | undefined> {
  const host = await hosts.get();
  const fault = await exchange.have(host.port, parts).catch(() => undefined);
  if (fault !== undefined && !host.hasEnded) return fault;
  await new Promise((resolve) => setTimeout(resolve, lastMoment));
  if (host.hasEnded) return { kind: 'crashed', reason: host.lastWords.slice(-1000) };
  const complaint = host.takeComplaint();
  if (complaint !== undefined) return { kind: 'crashed', reason: complaint };
  using connection = await Connection.open(host.port);
  return await control(connection);
}
