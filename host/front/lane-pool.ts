import { type Position, rememberPosition } from '../wasi/keyvalue/cursor-table.ts';
import type { Lane } from './lane.ts';

/** The lanes that get new requests. All of them know the positions of listings that any of them gave out. */
export class LanePool {
  #lanes: readonly Lane[] = [];
  readonly #positions = new Map<bigint, Position>();

  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  add(lane: Lane): void {
    this.#lanes = [...this.#lanes, lane];
    if (this.#positions.size > 0) {
      lane.thread.post({ type: 'positions', positions: [...this.#positions.values()] });
    }
  }

  delete(lane: Lane): void {
    this.#lanes = this.#lanes.filter((one) => one !== lane);
  }

  /** The lane with the fewest requests, one that is ready if there is any. */
  get leastBusy(): Lane | undefined {
    let found = this.#lanes[0];
    if (found === undefined || this.#lanes.length === 1) return found;
    for (const lane of this.#lanes) {
      const isBetter =
        lane.isReady === found.isReady ? lane.exchanges.size < found.exchanges.size : lane.isReady;
      if (isBetter) found = lane;
    }
    return found;
  }

  /** A lane gave out a position: the others are told before a client can come back with it. */
  share(from: Lane, position: Position): void {
    rememberPosition(this.#positions, position);
    for (const lane of this.#lanes) {
      if (lane !== from) lane.thread.post({ type: 'positions', positions: [position] });
    }
  }
}
