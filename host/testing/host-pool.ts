import { isCurrent, renewed, type TestHost } from './test-host.ts';

/** Hosts for tests, one after the other or several at once. Each is as after the start; threads and stores serve many. */
export class HostPool {
  readonly #start: () => Promise<TestHost>;
  #free: TestHost[] = [];
  #isClosed = false;

  constructor(start: () => Promise<TestHost>) {
    this.#start = start;
  }

  /** A host of which nothing has been used. */
  async take(): Promise<TestHost> {
    for (let host = this.#free.pop(); host !== undefined; host = this.#free.pop()) {
      if (await isCurrent(host)) return host;
      await host.close();
    }
    return await this.#start();
  }

  /** A test is over. What it has kept of its host is closed. */
  async giveBack(host: TestHost): Promise<void> {
    let next: TestHost | undefined;
    try {
      if (!this.#isClosed) next = await renewed(host);
    } finally {
      if (next === undefined) await host.close();
    }
    if (next === undefined) return;
    if (this.#isClosed) await next.close();
    else this.#free.push(next);
  }

  /** From now on hosts that are given back are closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const free = this.#free;
    this.#free = [];
    await Promise.all(free.map((host) => host.close()));
  }
}
