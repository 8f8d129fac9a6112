import type { Inspection } from '../component/inspection.ts';
import type { ResolvedSettings } from '../config/resolve-settings.ts';
import type { Stores } from '../wasi/keyvalue/stores.ts';
import type { EventStreams } from './event-streams.ts';
import type { RequestLog } from './request-log.ts';

/** What the inspector shows. */
export interface InspectedHost {
  /** Where the component is served. */
  readonly url: string;
  readonly resolved: ResolvedSettings;
  readonly stores: Stores;
  readonly requests: RequestLog;
  /** Those who hear of requests as they end. */
  readonly events: EventStreams;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** The component that is served now. */
  inspection(): Promise<Inspection>;
}
