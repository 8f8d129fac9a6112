import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Channel, channelEnds } from '../../host/runtime/ipc/channel.ts';

/** A burst of numbers, each as a record or as a message, and how long nothing is sent after it, in milliseconds. */
const burst = fc.record({
  sends: fc.array(fc.constantFrom('record', 'record', 'record', 'message', 'messages'), {
    minLength: 1,
    maxLength: 60,
  }),
  looks: fc.boolean(),
  rest: fc.constantFrom(0, 0, 1, 3),
});

describe('a channel between two threads', () => {
  it('brings what was sent first first, whichever way it takes, and wakes who sleeps', async () => {
    const [ours, theirs] = channelEnds();
    const worker = new Worker(new URL('../support/channel-peer.ts', import.meta.url), {
      workerData: theirs,
      transferList: [theirs.port],
    });
    const channel = new Channel<number, number, number>(ours);
    const received: number[] = [];
    let arrived: (() => void) | undefined;
    const take = (number: number): undefined => {
      received.push(number);
      arrived?.();
    };
    channel.listen({ read: (ring, at) => ring.words[at >> 2] as number, item: take, message: take });
    let sent = 0;
    const record = (): void => {
      const at = channel.outgoing.reserve(4);
      if (at === undefined) throw new Error('the ring is full');
      channel.outgoing.words[at >> 2] = sent++;
      channel.commit(at + 4);
    };
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(burst, { minLength: 1, maxLength: 20 }), async (bursts) => {
          received.length = 0;
          sent = 0;
          for (const { sends, looks, rest } of bursts) {
            for (const kind of sends) {
              if (kind === 'record') record();
              else channel.post(kind === 'message' ? [sent++] : [sent++, sent++, sent++]);
            }
            if (looks) channel.lookSoon();
            if (rest > 0) await delay(rest);
          }
          await new Promise<void>((resolve) => {
            arrived = () => {
              if (received.length === sent) resolve();
            };
            arrived();
          });
          expect(received).toEqual(Array.from({ length: sent }, (_, number) => number));
        }),
        { numRuns: 100 },
      );
    } finally {
      channel.close();
      await worker.terminate();
    }
  });

  it('takes at once what the other end sent before it ended', async () => {
    const [ours, theirs] = channelEnds();
    const channel = new Channel<number, number, number>(ours);
    const other = new Channel<number, number, number>(theirs);
    const received: number[] = [];
    const take = (number: number): undefined => {
      received.push(number);
    };
    channel.listen({ read: (ring, at) => ring.words[at >> 2] as number, item: take, message: take });
    const at = other.outgoing.reserve(4) as number;
    other.outgoing.words[at >> 2] = 1;
    other.commit(at + 4);
    other.post([2, 3]);
    channel.takeAll();
    expect(received).toEqual([1, 2, 3]);
    channel.close();
    other.close();
  });

  it('lets microtasks run before what comes next, where the receiver wants that', async () => {
    const [ours, theirs] = channelEnds();
    const channel = new Channel<number, number, number>(ours);
    const other = new Channel<number, number, number>(theirs);
    const seen: string[] = [];
    channel.listen({
      read: (ring, at) => ring.words[at >> 2] as number,
      item: (number) => {
        seen.push(`got ${number}`);
        queueMicrotask(() => seen.push(`began ${number}`));
        return 'microtasks';
      },
      message: () => undefined,
    });
    for (const number of [1, 2]) {
      const at = other.outgoing.reserve(4) as number;
      other.outgoing.words[at >> 2] = number;
      other.commit(at + 4);
    }
    while (seen.length < 4) await delay(1);
    expect(seen).toEqual(['got 1', 'began 1', 'got 2', 'began 2']);
    channel.close();
    other.close();
  });

  it('lets what was begun come to its end first, as long as it goes on in microtasks', async () => {
    const [ours, theirs] = channelEnds();
    const [sender, receiver] = [
      new Channel<string, string, never>(ours),
      new Channel<string, string, never>(theirs),
    ];
    const said: string[] = [];
    const goOn = async (name: string, steps: number): Promise<void> => {
      for (let step = 0; step < steps; step += 1) await undefined;
      said.push(`${name} ends`);
    };
    receiver.listen({
      read: () => {
        throw new Error('no record was sent');
      },
      item: () => undefined,
      message: (name) => {
        said.push(`${name} begins`);
        void goOn(name, name === 'long' ? 1000 : 5);
        return () => !said.includes(`${name} ends`);
      },
    });
    sender.post(['short', 'long', 'next']);
    await expect.poll(() => said.length).toBe(6);
    expect(said.slice(0, 3)).toEqual(['short begins', 'short ends', 'long begins']);
    // What takes its time keeps nobody waiting.
    expect(said.indexOf('next begins')).toBeLessThan(said.indexOf('long ends'));
    sender.close();
    receiver.close();
  });
});
