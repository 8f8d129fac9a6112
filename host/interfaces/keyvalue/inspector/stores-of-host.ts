import type { Place } from '../../../settings/resolve-settings.ts';
import type { RouteHost } from '../../inspector-part.ts';
import type { KeyvalueSettings } from '../configuration/store-rules.ts';

/** Which store serves which identifier: the host has resolved the settings of every interface, and names none. */
export function storesOfHost({ resolved }: RouteHost): KeyvalueSettings {
  return (resolved.settings as Place & { readonly keyvalue: KeyvalueSettings }).keyvalue;
}
