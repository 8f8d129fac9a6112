import { type Address, parseAddress } from '../shared/address.ts';
import { wrongArgument } from './options/wrong-argument.ts';

/** Where `host.listen` is to listen. Throws a `HostError` for what is no address. */
export function addressOf(given: unknown): Address {
  // Of what is no text it says what would have been right.
  const parsed = parseAddress(typeof given === 'string' ? given : '');
  if ('expected' in parsed) throw wrongArgument('host.listen', given, parsed.expected);
  return parsed.value;
}
