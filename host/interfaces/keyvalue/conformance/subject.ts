import type { Backend } from '../backends/backend.ts';
import type { Capabilities } from '../backends/definition.ts';
import type { KeySettings } from '../backends/uniform-backend.ts';
import type { BackendSettings } from '../configuration/backend-settings.ts';
import { connectBackend, definitionOf } from '../connect-backend.ts';
import type { Feature } from './feature.ts';

/** A clock that moves on its own, and by hand. */
export interface MovableClock {
  now(): number;
  /** Whether it was moved by hand. */
  isMoved(): boolean;
  /** @param milliseconds may be negative */
  advance(milliseconds: number): void;
}

/** A store under test. */
export interface Subject extends AsyncDisposable {
  readonly capabilities: Capabilities;
  /** The clock that every host of this subject was given. */
  readonly clock: MovableClock;
  /** What can't be asked of it. Default: nothing. */
  readonly lacks?: readonly Feature[];
  /** How a process of its own connects to the same data. Default: none can. */
  readonly settings?: BackendSettings;
  /** Connects a further host to the same data. */
  connect(): Promise<Backend<KeySettings>>;
}

export function movableClock(): MovableClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    isMoved: () => ahead !== 0,
    advance(milliseconds) {
      ahead += milliseconds;
    },
  };
}

/** Where the data is, and what a host tells of it. */
interface SubjectOptions {
  /** Told what the backend tells, such as that its store is away. Default: nobody is. */
  readonly tell?: (text: string) => void;
  /** Milliseconds. Default 5 000. */
  readonly operationTimeout?: number;
  /** Removes what is left of the data. Default: nothing does. */
  readonly dispose?: () => Promise<void>;
}

/** The store that settings name. */
export async function subjectOf(
  settings: BackendSettings,
  { tell = () => {}, operationTimeout = 5000, dispose = async () => {} }: SubjectOptions = {},
): Promise<Subject> {
  const clock = movableClock();
  const context = { now: clock.now, isMoved: clock.isMoved, operationTimeout, tell };
  const { capabilities } = await definitionOf(settings);
  return {
    capabilities,
    clock,
    settings,
    connect: async () => await connectBackend(settings, context),
    [Symbol.asyncDispose]: dispose,
  };
}
