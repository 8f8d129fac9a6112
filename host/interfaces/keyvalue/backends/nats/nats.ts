import { defineBackend } from '../definition.ts';
import { NatsBucket } from './nats-bucket.ts';
import { NatsConnection } from './nats-connection.ts';
import { natsOptions } from './nats-options.ts';
import { listBuckets, removeStream } from './nats-stream.ts';
import { bucketName, largestKey } from './subjects.ts';

/** What a server takes as one message unless its `max_payload` says otherwise, in bytes. */
const largestMessage = 1024 * 1024;

/** Keeps buckets in NATS JetStream KV, laid out as wash does. */
export const nats = defineBackend({
  name: 'nats',
  options: natsOptions,
  capabilities: {
    durable: true,
    shared: true,
    atomic: true,
    expiry: 'store',
    listing: 'ordered',
    largestKey,
    largestValue: largestMessage,
  },
  connect(options, context) {
    const connection = new NatsConnection(options, context);
    return {
      async open(name, settings) {
        const bucket = new NatsBucket(connection, name, settings);
        await bucket.open();
        return bucket;
      },
      async removeBucket(name) {
        const purpose = { text: `removal of bucket '${name}'`, isWrite: true };
        try {
          await connection.during(connection.deadline(), (session) =>
            removeStream(session, bucketName(name)),
          );
        } catch (error) {
          throw connection.failed(purpose, error);
        }
      },
      async buckets(start) {
        try {
          return await connection.during(connection.deadline(), (session) => listBuckets(session, start));
        } catch (error) {
          throw connection.failed({ text: 'listing of the buckets', isWrite: false }, error);
        }
      },
      close: () => connection.close(),
    };
  },
});
