/** What a thread of the host holds when it has collected its garbage. */
export interface Held {
  /** Bytes of the heap, and of what its objects have beside it. */
  readonly heap: number;
  /** What keeps its event loop alive, and how often. */
  readonly resources: Readonly<Record<string, number>>;
}

const question = `(() => {
  const { heapUsed, external } = process.memoryUsage();
  return JSON.stringify({ heap: heapUsed + external, resources: process.getActiveResourcesInfo() });
})()`;

/** A worker has ended and answers nothing more. */
class WorkerEnded extends Error {}
/** A thread does not answer in time. */
class NoAnswer extends Error {}
/** How long the main thread may take to answer, in milliseconds, and how long a worker: it may be one that computes until it is ended. */
const patience = { main: 20_000, worker: 5000 } as const;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly sessionId?: string; readonly message?: string };
  readonly result?: { readonly result?: { readonly value?: string } };
}

/** Asks a Node process over its debugging port. */
export class Debugger implements Disposable {
  readonly #socket: WebSocket;
  readonly #answers = new Map<string, PromiseWithResolvers<Message>>();
  readonly #workers = new Set<string>();
  #count = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(String(data)));
  }

  /** @param url what Node prints behind "Debugger listening on" */
  static async connect(url: string): Promise<Debugger> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', () => reject(new Error(`no debugger at ${url}`)), { once: true });
    });
    const made = new Debugger(socket);
    await made.#ask('NodeWorker.enable', { waitForDebuggerOnStart: false });
    return made;
  }

  /**
   * What the main thread and each worker hold, in that order, after a collection of all garbage. Workers that end meanwhile are left out,
   * and of those that do not answer it is known only that they are there.
   */
  async held(): Promise<Held[]> {
    const all = await Promise.allSettled(
      [undefined, ...this.#workers].map((session) => this.#heldBy(session)),
    );
    return all.flatMap((held) => {
      if (held.status === 'fulfilled') return [held.value];
      if (held.reason instanceof WorkerEnded) return [];
      if (held.reason instanceof NoAnswer) return [{ heap: 0, resources: {} }];
      throw held.reason;
    });
  }

  async #heldBy(session: string | undefined): Promise<Held> {
    // Twice: what finalizers let go is collected by the second.
    await this.#ask('HeapProfiler.collectGarbage', {}, session);
    await this.#ask('HeapProfiler.collectGarbage', {}, session);
    const { result } = await this.#ask(
      'Runtime.evaluate',
      { expression: question, returnByValue: true },
      session,
    );
    const value = result?.result?.value;
    // A thread that is being ended evaluates to nothing.
    if (value === undefined)
      throw session === undefined ? new Error('the host says nothing') : new WorkerEnded();
    const { heap, resources } = JSON.parse(value) as { heap: number; resources: string[] };
    const counts: Record<string, number> = {};
    for (const name of resources) counts[name] = (counts[name] ?? 0) + 1;
    return { heap, resources: counts };
  }

  async #ask(method: string, params: object, session = ''): Promise<Message> {
    this.#count += 1;
    const id = this.#count;
    const text = JSON.stringify({ id, method, params });
    const answer = Promise.withResolvers<Message>();
    const isMain = session === '';
    const late = (): void => {
      const reason = `the host does not answer ${method}`;
      answer.reject(isMain ? new Error(reason) : new NoAnswer(reason));
    };
    const timer = setTimeout(late, isMain ? patience.main : patience.worker);
    this.#answers.set(`${session} ${id}`, answer);
    if (isMain) this.#socket.send(text);
    else {
      this.#count += 1;
      const wrapped = { sessionId: session, message: text };
      this.#socket.send(
        JSON.stringify({ id: this.#count, method: 'NodeWorker.sendMessageToWorker', params: wrapped }),
      );
    }
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      this.#answers.delete(`${session} ${id}`);
    }
  }

  #receive(text: string, session = ''): void {
    const message: Message = JSON.parse(text);
    const { id, method, params } = message;
    const worker = params?.sessionId ?? '';
    if (id !== undefined) this.#answers.get(`${session} ${id}`)?.resolve(message);
    else if (method === 'NodeWorker.attachedToWorker') this.#workers.add(worker);
    else if (method === 'NodeWorker.detachedFromWorker') this.#ended(worker);
    else if (method === 'NodeWorker.receivedMessageFromWorker') this.#receive(params?.message ?? '', worker);
  }

  #ended(worker: string): void {
    this.#workers.delete(worker);
    for (const [key, answer] of this.#answers) {
      if (key.startsWith(`${worker} `)) answer.reject(new WorkerEnded());
    }
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
