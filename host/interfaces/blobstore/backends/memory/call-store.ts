import type { MemoryMethod } from './memory-backend.ts';
import type { MemoryRoom } from './memory-room.ts';
import type { MemoryStore } from './memory-store.ts';

/** Makes a call of the store that another thread, or this one, asks for. @param room of the thread that asks */
export function callStore(
  store: MemoryStore,
  room: MemoryRoom,
  method: MemoryMethod,
  args: readonly unknown[],
): unknown {
  const answer: unknown = Reflect.apply(store[method], store, args);
  // What the upload had taken is the object's from now on, whatever becomes of the thread.
  if (method === 'put') room.settle(Number(args[3]));
  return answer;
}
