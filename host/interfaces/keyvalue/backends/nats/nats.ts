import { defineBackend } from '../definition.ts';
import { largestMessage, NatsBucket } from './nats-bucket.ts';
import { NatsConnection, type Session } from './nats-connection.ts';
import { natsOptions } from './nats-options.ts';
import { listBuckets, removeStream } from './nats-stream.ts';
import { watchInterval } from './nats-watch.ts';
import { bucketName, largestKey } from './subjects.ts';

/** Keeps buckets in NATS JetStream KV, laid out as wash does. */
export const nats = defineBackend({
  name: 'nats',
  options: natsOptions,
  capabilities: {
    durable: true,
    shared: true,
    atomic: true,
    expiry: 'store',
    keyTtl: true,
    watch: { others: true, ends: false, gaps: true, every: watchInterval },
    listing: 'ordered',
    largestKey,
    largestValue: largestMessage,
  },
  connect(options, context) {
    const connection = new NatsConnection(options, context);
    const during = async <T>(act: (session: Session) => Promise<T>): Promise<T> => {
      try {
        return await connection.during(connection.link.deadline(), act);
      } catch (error) {
        throw connection.failed(error);
      }
    };
    return {
      async open(name, settings) {
        const bucket = new NatsBucket(connection, name, settings);
        await bucket.open();
        return bucket;
      },
      removeBucket: (name) => during((session) => removeStream(session, bucketName(name))),
      buckets: (start) => during((session) => listBuckets(session, start)),
      close: () => connection.close(),
    };
  },
});
