import type { DispatcherEvents } from './dispatcher-events.ts';
import type { GuestMessage } from './guest-thread.ts';
import type { Lane } from './lane.ts';
import type { LaneMemory } from './lane-memory.ts';
import type { LanePool } from './lane-pool.ts';

/** What messages of lanes are about, besides the requests of the lane. */
export interface LaneOwner {
  readonly memory: LaneMemory;
  readonly pool: LanePool;
  readonly events: DispatcherEvents;
  /** The lane has done something for others, which it may have been kept for. */
  endIfDone(lane: Lane): void;
  /** A request was not begun, and goes to another lane. */
  move(lane: Lane, id: number): void;
}

/** Does what a lane's thread says. */
export function receive(lane: Lane, message: GuestMessage, owner: LaneOwner): void {
  switch (message.type) {
    case 'read':
      lane.exchanges.get(message.id)?.read();
      return;
    case 'progress':
      lane.exchanges.get(message.id)?.progress();
      return;
    case 'credit':
      lane.exchanges.get(message.id)?.credit(message.bytes);
      return;
    case 'memoryTaken':
      owner.memory.taken(lane.thread);
      return;
    case 'memoryCall':
      owner.memory.call(lane.thread, message);
      return;
    case 'memoryAnswer':
      owner.memory.answer(message);
      owner.endIfDone(lane);
      return;
    case 'print':
      print(lane, message, owner);
      return;
    case 'step':
      owner.events.step?.(message.step);
      return;
    case 'tell':
      owner.events.warning(message.text);
      return;
    case 'position':
      owner.pool.share(lane, message.position);
      return;
    case 'pong':
      lane.isPinged = false;
      return;
    case 'skipped':
      owner.move(lane, message.id);
      return;
  }
}

function print(
  lane: Lane,
  { id, stream, bytes }: Extract<GuestMessage, { type: 'print' }>,
  { events }: LaneOwner,
): void {
  const taken = events.print(lane.exchanges.get(id)?.number ?? 0, stream, bytes);
  if (taken === undefined) lane.printed(bytes.length);
  else taken.then(() => lane.printed(bytes.length));
}
