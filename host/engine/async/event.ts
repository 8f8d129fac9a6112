/** What a guest that waits is told: which kind of thing happened, to which handle, and how it stands. Source: `CanonicalABI.md`, "Waitable State". */
export interface Event {
  readonly code: number;
  /** The handle of the waitable. */
  readonly waitable: number;
  /** What became of it; see `Subtask.state` and `CopyEnd`. */
  readonly payload: number;
}

/** The numbers by which events are told apart. */
export const eventCodes = {
  none: 0,
  subtask: 1,
  streamRead: 2,
  streamWrite: 3,
  futureRead: 4,
  futureWrite: 5,
  taskCancelled: 6,
} as const;

/** Nothing has happened. */
export const noEvent: Event = { code: eventCodes.none, waitable: 0, payload: 0 };
/** The task is to end, because its caller does not want the result any more. */
export const cancelEvent: Event = { code: eventCodes.taskCancelled, waitable: 0, payload: 0 };

/** What a built-in answers in place of a result that is not there yet. */
export const blocked = 0xffff_ffff;
