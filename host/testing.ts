/// <reference types="node" preserve="true" />
/** `kvasi/testing`: hosts for tests, with their buckets, clock, faults and snapshots (docs/testing.md). */

export type { MessageDelivery } from './composition/message-delivery.ts';
export type { BlobEntry, BlobRule } from './composition/options/blob-rule.ts';
export type {
  BackendRule,
  BucketRule,
  KeyvalueEntry,
  KeyvalueRule,
  ModulePath,
} from './composition/options/keyvalue-rule.ts';
export type { HostOperation, HostOperationName as OperationName } from './composition/request-event.ts';
export type { ScheduleRun } from './composition/schedule-run.ts';
export { ExplorationError } from './testing/explore/exploration-error.ts';
export { type Exploration, type Explored, type ExploredRequest, explore } from './testing/explore/explore.ts';
export type { Fault, ImportFault, StoreFault } from './testing/faults/fault.ts';
export type { AddedFault, Faults } from './testing/faults/faults.ts';
export type { HostClock } from './testing/host-clock.ts';
export type { HostMatchers, WantedOperation } from './testing/matchers/matcher-types.ts';
export { matchers } from './testing/matchers/matchers.ts';
export type { HostMessage, PublishedMessage, PublishOptions } from './testing/messages/message-record.ts';
export type { Moment, TestHostOptions } from './testing/options/test-host-options.ts';
export type { Outgoing } from './testing/outgoing/outgoing.ts';
export type {
  AddedRule,
  OutgoingAnswer,
  OutgoingHandler,
  OutgoingRuleOptions,
  SentRequest,
} from './testing/outgoing/outgoing-rule.ts';
export type { OutgoingRecording } from './testing/outgoing/recording.ts';
export { RequestError } from './testing/requests/request-error.ts';
export type { HostRequest } from './testing/requests/request-record.ts';
export { type BackendChoice, backends, type TestBackend } from './testing/servers/backends.ts';
export type { ServerPrograms } from './testing/servers/found-backend.ts';
export { startHost } from './testing/start-host.ts';
export { Snapshot } from './testing/stores/snapshot.ts';
export type { TestBucket } from './testing/stores/test-bucket.ts';
export type { TestContainer } from './testing/stores/test-container.ts';
export type { TestHost } from './testing/test-host.ts';
