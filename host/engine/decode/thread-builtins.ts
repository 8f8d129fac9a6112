/** Built-ins of threads, by their codes. Source: `Binary.md`, "Canonical Definitions". */
export const threadBuiltins: Readonly<Record<number, string>> = {
  38: 'thread.index',
  39: 'thread.new-indirect',
  40: 'thread.resume-later',
  41: 'thread.suspend',
  42: 'thread.suspend-then-resume',
  43: 'thread.yield-then-resume',
  44: 'thread.suspend-then-promote',
  45: 'thread.yield-then-promote',
  64: 'thread.spawn-ref',
  65: 'thread.spawn-indirect',
  66: 'thread.available-parallelism',
};
