/** What workers may have of the machine. */
export interface MemoryLimits {
  /** How much memory one instance of the component may have, in bytes. */
  readonly memory: number;
  /** How much all instances may have together, in bytes. */
  readonly totalMemory: number;
}

/** How many calls wait, and for how long. */
export interface QueueLimits {
  /** How many may wait. */
  readonly queuedRequests: number;
  /** How long they may wait once there are many, in milliseconds. */
  readonly queueWait: number;
}

/** What a host gives to the calls of its component. */
export interface RuntimeLimits extends MemoryLimits, QueueLimits {
  /** How many workers work on at once. */
  readonly concurrentRequests: number;
}
