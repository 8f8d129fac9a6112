import { reasonOf } from '../../../../shared/host-error.ts';
import type { ChangeListener, StopWatching } from '../backend.ts';
import type { Session } from './nats-connection.ts';
import { KeyIndex } from './nats-listing.ts';
import type { OpenStream } from './nats-stream.ts';

/** How often a stream that is watched is asked for its last message, in milliseconds. */
export const watchInterval = 500;

/** Does something with the stream. */
type Do = <T>(act: (session: Session, stream: OpenStream) => Promise<T>) => Promise<T>;

/**
 * Tells of the keys whose messages are newer than the last ones: so it also tells of those that came while the server was away, and of
 * none that the server has refused.
 */
export async function watchStream(during: Do, told: ChangeListener): Promise<StopWatching> {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  let [known, since] = await during(stateOf);
  const look = async (): Promise<void> => {
    try {
      await during(async (session, stream) => {
        const [last, created] = await stateOf(session, stream);
        // Another stream of the same name begins to count anew.
        if (created !== since) [known, since] = [0, created];
        if (last === known || isOver) return;
        const changed = new Set<string>();
        const index = new KeyIndex(stream.name, stream.subjects, known, (key) => changed.add(key));
        await index.refresh(session);
        known = Math.max(last, index.known);
        if (!isOver) for (const key of changed) told.changed(key);
      });
    } catch (error) {
      // The connection itself says that the server is away.
      if (!isOver && !/is away|connection|no answer/.test(reasonOf(error))) told.failed(reasonOf(error));
    }
    if (!isOver) wait();
  };
  const wait = (): void => {
    timer = setTimeout(() => void look(), watchInterval).unref();
  };
  wait();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

async function stateOf({ manager }: Session, { name }: OpenStream): Promise<[last: number, created: string]> {
  const { state, created } = await manager.streams.info(name);
  return [state.last_seq, String(created)];
}
