import type { Inspection } from '../../component/inspection.ts';
import type { ResolvedSettings } from '../../composition/settings.ts';
import type { RouteHost } from '../../interfaces/inspector-part.ts';
import type { EventStreams } from './event-streams.ts';
import type { RequestLog } from './request-log.ts';

/** What the inspector shows. */
export interface InspectedHost extends RouteHost {
  readonly resolved: ResolvedSettings;
  /** Where the component is served. */
  readonly url: string;
  readonly requests: RequestLog;
  /** Those who hear of requests as they end. */
  readonly events: EventStreams;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** The component that is served now. */
  inspection(): Promise<Inspection>;
}
