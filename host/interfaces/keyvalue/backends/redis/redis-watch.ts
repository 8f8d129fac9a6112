import type { Redis } from 'ioredis';
import { isError } from '../../../../shared/is-error.ts';
import { type ChangeListener, type StopWatching, StoreError } from '../backend.ts';
import type { BackendContext } from '../definition.ts';
import { plainReason } from './commands.ts';
import { createClient, type RedisOptions } from './redis-client.ts';
import { globAfter, isBesideValues } from './redis-keys.ts';

const advice = 'let it tell of changes: redis-cli CONFIG SET notify-keyspace-events KA';

/**
 * Tells of the keys that begin with a text, by the keyspace events of the server, over a connection of its own: one that has subscribed
 * takes no other commands. The server has to be told to send them, by its owner: it costs all of its clients something.
 * Source: https://redis.io/docs/latest/develop/pubsub/keyspace-notifications/
 *
 * @param start what all keys of the bucket begin with
 */
export async function watchKeys(
  options: RedisOptions,
  context: BackendContext,
  start: string,
  told: ChangeListener,
): Promise<StopWatching> {
  const { client, name } = createClient(options, context.operationTimeout);
  if (client.isCluster) {
    client.disconnect();
    throw new StoreError('other', `${name} is a cluster, whose changes are not told`);
  }
  // That the server is away is told by the connection that reads the values.
  client.on('error', () => {});
  const redis = client as Redis;
  const channelStart = `__keyspace@${redis.options.db ?? 0}__:${start}`;
  redis.on('pmessageBuffer', (_pattern: Buffer, channel: Buffer) => {
    const key = channel.toString().slice(channelStart.length);
    // Not one that is no text: no component has it.
    if (key.includes('\uFFFD') || (start === '' && isBesideValues(key))) return;
    told.changed(key);
  });
  redis.on('ready', () => {
    checkEvents(redis, name, told).then(
      () => redis.psubscribe(globAfter(channelStart)).catch(() => {}),
      () => {},
    );
  });
  await redis.connect().catch(() => {});
  return () => redis.disconnect();
}

/** Says what to do where the server sends no events; where nobody may ask it for that, it may send them. */
async function checkEvents(redis: Redis, name: string, told: ChangeListener): Promise<void> {
  let flags: string;
  try {
    const answer = await redis.config('GET', 'notify-keyspace-events');
    flags = Array.isArray(answer) ? String(answer[1] ?? '') : '';
  } catch (error) {
    const reason = isError(error) ? plainReason(error) : String(error);
    if (isError(error) && error.name === 'ReplyError')
      told.failed(
        `${name} does not say whether it tells of changes (${reason}); where it does not, ${advice}`,
      );
    return;
  }
  const missing = flags.includes('K')
    ? flags.includes('A')
      ? ''
      : ['g', '$', 'x'].filter((one) => !flags.includes(one)).join('')
    : 'K';
  if (missing === '') return;
  told.failed(`${name} does not tell of all changes (notify-keyspace-events is '${flags}'); ${advice}`);
}
