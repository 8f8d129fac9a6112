import type { ComponentFile } from '../../component/read.ts';
import type { HostEvents } from '../../composition/host-events.ts';
import type { ScheduleReport } from '../../composition/schedule-report.ts';
import type { Settings } from '../../composition/settings.ts';
import type { DevLoopEvents } from '../../dev/dev-loop.ts';
import type { Seeded } from '../../interfaces/keyvalue/transfer/seed.ts';
import type { GuestLog } from '../../runtime/worker/guest-log.ts';
import type { StreamName } from '../../terminal/output.ts';
import type { ChangeReport } from '../../triggers/keyvalue-watch/change-report.ts';
import type { DeliveryReport } from '../../triggers/messaging/delivery-report.ts';

/** What there is once a component is served. */
export interface Start {
  readonly url: string;
  /** The inspector's page; undefined where it is off. */
  readonly inspector: string | undefined;
  readonly seeded: readonly Seeded[];
  /** The file of the service that runs beside the component; undefined where none does. */
  readonly service: string | undefined;
}

/** What `kvasi dev` tells while it runs. */
export interface DevOutput extends DevLoopEvents, HostEvents {
  /** Answers what to wait for before more is printed, where nobody reads as fast. */
  print(request: number, stream: StreamName, bytes: Uint8Array): Promise<void> | undefined;
  log(request: number, log: GuestLog): Promise<void> | undefined;
  /** The same for what runs beside the component. */
  printedBy(name: string, stream: StreamName, bytes: Uint8Array): Promise<void> | undefined;
  scheduled(report: ScheduleReport): void;
  delivered(report: DeliveryReport): void;
  changed(report: ChangeReport): void;
  transpiling(path: string): void;
  serving(file: ComponentFile, settings: Settings, start: Start): void;
  /** Another component is served. @param paths the files that are others now; none where that is not known */
  reloaded(file: ComponentFile, milliseconds: number, paths: readonly string[]): void;
  /** The service was started again because its file has changed. */
  reloadedService(name: string, milliseconds: number): void;
  end(): void;
}
