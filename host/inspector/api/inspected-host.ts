import type { Inspection } from '../../component/inspection.ts';
import type { Stores } from '../../interfaces/keyvalue/stores.ts';
import type { ResolvedSettings } from '../../settings/resolve-settings.ts';
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
