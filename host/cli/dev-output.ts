import type { ComponentFile } from '../component/read.ts';
import type { Settings } from '../config/settings.ts';
import type { DevLoopEvents } from '../dev/dev-loop.ts';
import type { HostEvents } from '../front/host.ts';

/** What `kvasi dev` tells while it runs. */
export interface DevOutput extends DevLoopEvents, HostEvents {
  transpiling(path: string): void;
  serving(file: ComponentFile, settings: Settings, url: string): void;
  /** Another component is served. */
  reloaded(file: ComponentFile, milliseconds: number): void;
  end(): void;
}
