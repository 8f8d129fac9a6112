/// <reference types="node" preserve="true" />
/** `kvasi`: a host for a component, within a program (docs/embedding.md). */
export { createHost } from './composition/create-host.ts';
export type { Host, HostListener } from './composition/host.ts';
export type { HostEventMap, PrintEvent, RefusedEvent } from './composition/host-event-map.ts';
export type { MessageDelivery } from './composition/message-delivery.ts';
export type { BlobEntry, BlobRule } from './composition/options/blob-rule.ts';
export type { ChangeableOptions, HostOptions } from './composition/options/host-options.ts';
export type {
  KeyvalueEntry,
  ModulePath,
  SeededEntry,
  SeededRule,
} from './composition/options/keyvalue-rule.ts';
export type {
  HostOperation,
  HostOperationName as OperationName,
  RequestEvent,
} from './composition/request-event.ts';
export type { ScheduleRun } from './composition/schedule-run.ts';
export type { WatchedChange } from './composition/watched-change.ts';
export type { LimitName } from './settings/limits.ts';
export { HostError, type HostErrorCode } from './shared/host-error.ts';
