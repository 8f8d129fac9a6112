import { hostname } from 'node:os';
import { basename } from 'node:path';
import * as v from 'valibot';
import type { Address } from '../../shared/address.ts';
import { formatAddress } from '../../shared/address.ts';
import { HostError } from '../../shared/host-error.ts';
import { type DevNote, type FoundNote, readNotes, removeNote } from './dev-note.ts';

/** The names by which a machine calls itself. */
const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1?\]?|0\.0\.0\.0)$/;
/** How long a host may take to say that it is there, in milliseconds. */
const patience = 2000;

/** Which of several hosts is meant, and what is to be said about that. */
interface ChosenHost {
  readonly host: DevNote | undefined;
  readonly notice: string | undefined;
}

/**
 * Chooses the host of a project that a command is for: the one that serves the address, else the one that began first.
 *
 * @param flag names a store in place of a host
 *
 * @throws {HostError} `backend`, where none serves that address, or where the one says nothing
 */
export async function chooseHost(
  directory: string,
  address: Address | undefined,
  flag: '--backend' | '--blobs',
): Promise<ChosenHost> {
  const notes = await readNotes(directory);
  const states = await Promise.all(notes.map(stateOf));
  const hosts = notes.filter((_, index) => states[index] !== 'gone');
  const host = address === undefined ? hosts[0] : hostAt(hosts, address);
  if (host === undefined) {
    if (address === undefined) return { host, notice: undefined };
    const where = formatAddress(address);
    const known = hosts.length === 0 ? `None was found in ${directory}` : `There is ${listed(hosts)}`;
    const what = `no kvasi dev of this project serves ${where} (or it runs with --no-inspector)`;
    throw new HostError('backend', `${what}. ${known}.`);
  }
  const other = hosts.find((one) => one !== host);
  const example = other === undefined ? '' : `--address ${new URL(other.serves).host} takes another one.`;
  if (states[notes.indexOf(host)] === 'silent') {
    const what = `kvasi dev at ${host.url} (pid ${host.pid}) does not answer within ${patience / 1000} s`;
    const advice = `Is it stopped, or kept busy? Let it go on or end it, or name a store with ${flag}. ${example}`;
    throw new HostError('backend', `${what}. ${advice.trimEnd()}`);
  }
  if (other === undefined || address !== undefined) return { host, notice: undefined };
  const notice = `several kvasi dev run here: ${listed(hosts)}. Taken is the first of them, which began first; ${example}`;
  return { host, notice };
}

/** Those of the hosts that run; the notes of those that do not are taken away. */
export async function otherHosts(found: readonly FoundNote[]): Promise<DevNote[]> {
  const running: DevNote[] = [];
  for (const { path, note } of found) {
    const state = await stateOf(note);
    if (state !== 'gone') running.push(note);
    else if (note.machine === hostname()) await removeNote(path);
  }
  return running.sort((one, other) => one.began - other.began);
}

/** For people: `http://localhost:8000 (app.wasm, pid 12)`. */
export function hostText({ serves, component, pid }: DevNote): string {
  return `${serves} (${basename(component)}, pid ${pid})`;
}

function listed(hosts: readonly DevNote[]): string {
  return hosts.map(hostText).join(', ');
}

/** By the address as it was given, else by any name of this machine with its port. */
function hostAt(hosts: readonly DevNote[], address: Address): DevNote | undefined {
  const atPort = hosts.filter(({ serves }) => Number(new URL(serves).port || 80) === address.port);
  const exact = atPort.find(
    ({ serves }) => new URL(serves).hostname === new URL(`http://${formatAddress(address)}`).hostname,
  );
  return (
    exact ??
    (isLocal.test(address.host)
      ? atPort.find(({ serves }) => isLocal.test(new URL(serves).hostname))
      : undefined)
  );
}

/** Whether a host that left a note is there, and is the one that left it. */
async function stateOf({ url, pid }: DevNote): Promise<'there' | 'silent' | 'gone'> {
  try {
    const response = await fetch(`${url}/api/v1/host`, { signal: AbortSignal.timeout(patience) });
    const info = v.safeParse(v.object({ name: v.literal('kvasi'), pid: v.number() }), await response.json());
    return info.success && info.output.pid === pid ? 'there' : 'gone';
  } catch (cause) {
    return cause instanceof DOMException && cause.name === 'TimeoutError' ? 'silent' : 'gone';
  }
}
