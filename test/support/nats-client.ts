import { connect as connectRaw, type NatsConnection } from '@nats-io/transport-node';
import { nats } from '../../host/interfaces/keyvalue/backends/nats/nats.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';
import { operationTimeout } from '../conformance/faults.ts';
import type { Server } from './server.ts';

/** The backend, which is closed at the end of a test. */
export async function connect(
  server: Pick<Server, 'port'>,
  { tell = (_: string) => {}, now = Date.now, login = '' } = {},
) {
  const url = `nats://${login}127.0.0.1:${server.port}`;
  const backend = await connectDefinition(nats, { url }, { now, operationTimeout, tell });
  return Object.assign(backend, { [Symbol.asyncDispose]: async () => await backend.close() });
}

/** A client as another program has it. */
export async function rawClient(server: Server): Promise<NatsConnection> {
  return await connectRaw({ servers: `127.0.0.1:${server.port}` });
}

/** Asks the server's own API. */
export async function api(client: NatsConnection, name: string, request: unknown) {
  const answer = await client.request(`$JS.API.${name}`, JSON.stringify(request));
  return answer.json<{ error?: { err_code: number }; config?: Record<string, unknown> }>();
}

/** What wash sends to create a bucket; NATS fills in what is 0. */
export const washSettings = (bucket: string) => ({
  name: `KV_${bucket}`,
  subjects: [`$KV.${bucket}.>`],
  max_msgs_per_subject: 1,
  max_bytes: 0,
  max_age: 0,
  max_msg_size: 0,
  storage: 'file',
  num_replicas: 1,
  discard: 'new',
  allow_rollup_hdrs: true,
  deny_delete: true,
  deny_purge: false,
  allow_direct: true,
  mirror_direct: false,
});
