import { BlockList, isIP } from 'node:net';

const loopback = listOf(['127.0.0.0', 8], ['::1', 128]);
/** This network, links and the metadata of clouds, multicast, documentation, reserved. */
const others = listOf(
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.2.0', 24],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  ['2001:db8::', 32],
  ['fd00:ec2::254', 128],
);

/**
 * What an address is that is no ordinary place to send a request to: one of this machine, or one of its link, of the metadata of a
 * cloud or of no single machine. Private networks are ordinary. Source: the ranges that wash keeps sockets from.
 */
export function isSpecial(address: string): 'loopback' | 'other' | undefined {
  // One of IPv4 may come in the clothes of IPv6, which `BlockList` looks through.
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (loopback.check(address, family)) return 'loopback';
  return others.check(address, family) ? 'other' : undefined;
}

function listOf(...ranges: readonly (readonly [address: string, bits: number])[]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of ranges) list.addSubnet(address, bits, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return list;
}
