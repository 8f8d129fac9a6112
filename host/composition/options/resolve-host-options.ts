import type {
  IdentifierRule,
  KeyvalueSettings,
} from '../../interfaces/keyvalue/configuration/store-rules.ts';
import { keyvaluePackages } from '../../interfaces/keyvalue/packages.ts';
import { saysStore } from '../../settings/host-interfaces-setting.ts';
import { Report } from '../../settings/report.ts';
import { telemetryOfProcess } from '../../settings/telemetry-setting.ts';
import type { ResolvedSettings, Settings } from '../settings.ts';
import type { CheckedHostOptions } from './check-host-options.ts';
import { ownSettings } from './own-settings.ts';
import { withFile } from './with-file.ts';

/** What the options of `createHost` come to. */
export interface ResolvedHostOptions {
  readonly settings: Settings & { readonly component: string };
  /** What the configuration file says without effect, one sentence each. */
  readonly warnings: readonly string[];
}

/** Puts together what the options say and what their configuration file says. Rejects with a `HostError`. */
export async function resolveHostOptions(
  options: CheckedHostOptions,
  caller: string,
): Promise<ResolvedHostOptions> {
  const { own, file } = await ownSettings(options, caller);
  if (file === undefined) {
    const report = new Report();
    const telemetry = telemetryOfProcess(process.env, report);
    return { settings: { ...own, telemetry }, warnings: report.warnings };
  }
  const keyvalue = storesOverFile(file, own, options);
  return { settings: withFile(file.settings, own, options, keyvalue), warnings: file.warnings };
}

/** The stores of the file, and in place of them those that the options name. */
function storesOverFile(
  { settings: { keyvalue: file }, origins }: ResolvedSettings,
  { keyvalue: own, hostInterfaces }: Settings,
  { keyvalue: given = {}, hostInterfaces: givenLabels }: CheckedHostOptions,
): KeyvalueSettings {
  const isOwn = Object.hasOwn(given, 'default') || saysStore(hostInterfaces, keyvaluePackages);
  const base = isOwn ? own.default : file.default;
  const named = new Map<string, IdentifierRule>();
  for (const [name, rule] of file.named) named.set(name, rule === file.default ? base : rule);
  for (const [name, rule] of own.named) named.set(name, rule);
  const others = origins.has('keyvalue.others') ? file.others : base;
  return {
    default: base,
    named,
    others: Object.hasOwn(given, '*') ? own.others : others,
    labels: (givenLabels == null ? file : own).labels,
  };
}
