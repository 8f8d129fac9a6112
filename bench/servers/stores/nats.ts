import { jetstream, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import type { BareStore } from './bare-store.ts';

const stream = 'KV_bare';
const subjects = '$KV.bare.';
const wrongSequence = 10_071;

/** A bucket of NATS KV: the last message of each subject. */
export async function natsStore(url: string): Promise<BareStore> {
  const connection = await connect({ servers: url.replace('nats://', '') });
  const manager = await jetstreamManager(connection);
  const client = jetstream(connection);
  await manager.streams.add({
    name: stream,
    subjects: [`${subjects}>`],
    retention: RetentionPolicy.Limits,
    max_msgs_per_subject: 1,
    storage: StorageType.File,
    allow_direct: true,
  });
  const read = (key: string) => manager.direct.getMessage(stream, { last_by_subj: subjects + key });
  const add = async (key: string): Promise<number> => {
    for (;;) {
      const message = await read(key);
      const sum = Number(message?.string() ?? 0) + 1;
      const expecting = headers();
      expecting.set('Nats-Expected-Last-Subject-Sequence', String(message?.seq ?? 0));
      try {
        await client.publish(subjects + key, String(sum), { headers: expecting });
        return sum;
      } catch (error) {
        if (!(error instanceof Error) || !('code' in error) || error.code !== wrongSequence) throw error;
      }
    }
  };
  /** The last increment that was begun: they wait for each other, as in kvasi. */
  let last: Promise<unknown> = Promise.resolve();
  return {
    get: async (key) => (await read(key))?.data,
    set: async (key, value) => {
      await client.publish(subjects + key, value);
    },
    increment(key) {
      const sum = last.then(() => add(key));
      last = sum.catch(() => {});
      return sum;
    },
  };
}
