import { defineBackend } from '../definition.ts';
import { largestKey, largestValue } from '../limits.ts';
import { PostgresBucket } from './postgres-bucket.ts';
import { PostgresConnection } from './postgres-connection.ts';
import { postgresOptions } from './postgres-options.ts';
import { PostgresTable } from './postgres-table.ts';
import { bucketName, storedBucket } from './stored-key.ts';

/** Keeps buckets in one table of a PostgreSQL database. Needs PostgreSQL 13. */
export const postgres = defineBackend({
  name: 'postgres',
  options: postgresOptions,
  capabilities: {
    durable: true,
    shared: true,
    atomic: true,
    expiry: 'host',
    listing: 'ordered',
    keyTtl: true,
    largestKey,
    largestValue,
  },
  connect(options, context) {
    const connection = new PostgresConnection(options, context);
    const table = new PostgresTable(connection);
    return {
      open: (name, settings) => new PostgresBucket(table, name, settings),
      async removeBucket(name) {
        await table.run('removeBucket', [storedBucket(name)]);
      },
      async buckets(start) {
        const { rows } = await table.run('buckets', [storedBucket(start), String(table.now())]);
        return rows.flatMap(
          ([cell]) => bucketName(Buffer.from(String(cell && Buffer.from(cell)), 'hex')) ?? [],
        );
      },
      close: () => connection.close(),
    };
  },
});
