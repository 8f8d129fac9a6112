/** What of a fault says what becomes of an operation. */
export interface Effects {
  readonly error?: unknown;
  readonly drop?: unknown;
  readonly stale?: unknown;
  readonly pageSize?: unknown;
  readonly message?: unknown;
  readonly partition?: unknown;
}

/** Of these, only one can happen to an operation; a delay can come before each. */
const exclusive = ['error', 'drop', 'stale', 'pageSize', 'partition'] as const;

/** What a fault has to be in which nothing contradicts the rest. @param effects those that there are */
export function consistent(effects: string): string {
  return `one of ${effects}, each with a delay or without, and a message beside drop or the error other only`;
}

/** What in a fault contradicts the rest, such as `drop beside error`; undefined where nothing does. */
export function contradictionIn(fault: Effects): string | undefined {
  const [first, second] = exclusive.filter((effect) => isThere(fault[effect]));
  if (second !== undefined) return `${second} beside ${first}`;
  if (!isThere(fault.message) || fault.error === 'other' || isThere(fault.drop)) return undefined;
  return `a message beside ${first === 'error' ? String(fault.error) : 'no error'}`;
}

const isThere = (value: unknown): boolean => value !== undefined && value !== null && value !== false;
