import { workerData } from 'node:worker_threads';
import { Channel, type ChannelEnd } from '../../host/runtime/ipc/channel.ts';

/** A thread that sends back what it gets, each by the way that it came. */
const channel = new Channel<number, number, number>(workerData as ChannelEnd);
channel.listen({
  read: (ring, at) => ring.words[at >> 2] as number,
  item: (number) => {
    const { outgoing } = channel;
    const at = outgoing.reserve(4);
    if (at === undefined) channel.post([number]);
    else {
      outgoing.words[at >> 2] = number;
      channel.commit(at + 4);
    }
    // Some keep the next ones waiting.
    return number % 7 === 0 ? 'microtasks' : number % 11 === 0 ? 'turn' : undefined;
  },
  message: (number) => {
    channel.post([number]);
    return undefined;
  },
});
