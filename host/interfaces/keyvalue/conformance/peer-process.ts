import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { threadUrl } from '../../../shared/thread-url.ts';
import type { CounterType } from '../backends/backend.ts';
import type { BackendSettings } from '../configuration/backend-settings.ts';
import type { Operation } from './history.ts';
import type { Additions, Peer } from './peer.ts';
import type { Client } from './play-all.ts';

/** What the process is asked; it answers each in turn. */
export type PeerRequest =
  | { readonly task: 'connect'; readonly settings: BackendSettings }
  | {
      readonly task: 'play';
      readonly bucket: string;
      readonly clients: readonly Client[];
      readonly type: CounterType;
    }
  | { readonly task: 'add'; readonly bucket: string; readonly work: Additions };

/** What it answers: what the clients saw, or why it failed. */
export type PeerAnswer = { readonly history: readonly Operation[] } | { readonly failure: string };

/** A host in a process of its own. */
export class PeerProcess implements Peer {
  readonly #child: ChildProcess;
  readonly #end: Promise<unknown>;

  private constructor() {
    this.#child = fork(threadUrl('peer-main', import.meta.url), { execArgv: [], stdio: 'inherit' });
    this.#end = new Promise((resolve) => this.#child.once('exit', resolve).once('error', resolve));
  }

  static async start(settings: BackendSettings): Promise<PeerProcess> {
    const peer = new PeerProcess();
    try {
      await peer.#ask({ task: 'connect', settings });
    } catch (error) {
      await peer[Symbol.asyncDispose]();
      throw error;
    }
    return peer;
  }

  async play(bucket: string, clients: readonly Client[], type: CounterType): Promise<readonly Operation[]> {
    return await this.#ask({ task: 'play', bucket, clients, type });
  }

  async add(bucket: string, work: Additions): Promise<void> {
    await this.#ask({ task: 'add', bucket, work });
  }

  async #ask(request: PeerRequest): Promise<readonly Operation[]> {
    const ended = this.#end.then(() => ({ failure: 'the process of the other host has ended' }));
    const told = once(this.#child, 'message').then(([answer]) => answer as PeerAnswer);
    this.#child.send(request, () => {});
    const answer = await Promise.race([told, ended]);
    if ('failure' in answer) throw new Error(answer.failure);
    return answer.history;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#end;
  }
}
