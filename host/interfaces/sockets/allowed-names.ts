import { domainToASCII } from 'node:url';
import type { Parsed } from '../../shared/parsed.ts';
import { ipText, parseIp } from './ip-address.ts';

/** An entry of `allowedIpNameLookups`, in the form that `domainOf` makes of names: `*`, `*.example.com`, a name or an address. */
export type AllowedName = string;

const expected = '"*", "*.example.com", "example.com" or an IP address, without scheme, port or path';
const label = /^(?!-)[a-z\d_-]{1,63}(?<!-)$/;

/** Reads an entry. Source: wash, `crates/wash-runtime/src/host/allowed_ip_name.rs`. */
export function parseAllowedName(text: string): Parsed<AllowedName> {
  const trimmed = text.trim();
  if (trimmed === '*') return { value: trimmed };
  const isSuffix = trimmed.startsWith('*.');
  const name = domainOf(isSuffix ? trimmed.slice(2) : trimmed);
  if (name === undefined || (isSuffix && parseIp(name) !== undefined)) return { expected };
  return { value: isSuffix ? `*.${name}` : name };
}

/** Whether one of the entries allows a name or an address. Only `*` and the address itself allow an address. */
export function allowsName(entries: readonly AllowedName[], name: string): boolean {
  const isAddress = parseIp(name) !== undefined;
  return entries.some((entry) => {
    if (entry === '*') return true;
    if (entry.startsWith('*.'))
      return !isAddress && name.endsWith(entry.slice(1)) && name.length >= entry.length;
    return entry === name;
  });
}

/** A name as it is looked up, in lower case and ASCII (IDNA), or an address as `ipText` has it; undefined for what is neither. */
export function domainOf(text: string): string | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const ip = parseIp(bare);
  if (ip !== undefined) return ipText(ip);
  // Node takes what is a part of a URL for its end.
  if (/[/?#@:\\%\s]/.test(text)) return undefined;
  const name = domainToASCII(text.replace(/\.$/, '')).toLowerCase();
  const labels = name.split('.');
  const isRight = name !== '' && name.length <= 253 && labels.every((one) => label.test(one));
  // What looks like an address and is none, such as 1.2.3 or 256.0.0.1, is no name either.
  return isRight && !/^\d+$/.test(labels.at(-1) ?? '') ? name : undefined;
}
