/** Begins the keys beside the values; the name of no bucket is written with either. */
const [markPrefix, endPrefix] = ['%25mark:', '%25end:'];

/**
 * What every key of a bucket begins with. wash writes `bucket:`; a colon in a bucket's name, which would make
 * `a` with `b:c` and `a:b` with `c` the same, becomes `%3A`, and a `%` that reads like one of ours `%25`.
 */
export function bucketPrefix(bucket: string): string {
  return `${bucket.replaceAll(/%(?=25|3A)/g, '%25').replaceAll(':', '%3A')}:`;
}

/** Whether a stored key is one of those beside the values. */
export function isBesideValues(stored: string): boolean {
  return stored.startsWith(markPrefix) || stored.startsWith(endPrefix);
}

/** The bucket that a stored key is of; `undefined` for one of another program, and for the keys beside the values. */
export function bucketOf(stored: string): string | undefined {
  const end = stored.indexOf(':');
  if (end < 0) return undefined;
  const bucket = stored.slice(0, end).replaceAll(/%(25|3A)/g, (_, code) => (code === '25' ? '%' : ':'));
  return bucketPrefix(bucket) === stored.slice(0, end + 1) ? bucket : undefined;
}

/** The pattern of all keys that begin with a text. */
export function globAfter(text: string): string {
  return `${text.replaceAll(/[\\*?[\]]/g, '\\$&')}*`;
}

/** Where the mark of a key is: in the key's own slot of a cluster, as scripts demand. */
export function markKey(key: string): string {
  return markPrefix + inSlotOf(key);
}

/** Where the record of a key's own end is, in the same slot. */
export function endKey(key: string): string {
  return endPrefix + inSlotOf(key);
}

function inSlotOf(key: string): string {
  const open = key.indexOf('{');
  const close = open < 0 ? -1 : key.indexOf('}', open + 1);
  if (close > open + 1) return key;
  if (!key.includes('}')) return `{${key}}`;
  return `{${tagOfSlot(slot(key))}}${key}`;
}

function tagOfSlot(wanted: number): string {
  for (let tag = 0; ; tag += 1) {
    if (slot(String(tag)) === wanted) return String(tag);
  }
}

/** The slot of a text without a hash tag: CRC-16/XMODEM modulo 16384. */
function slot(text: string): number {
  let crc = 0;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc % 16_384;
}
