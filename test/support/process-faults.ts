const faults: string[] = [];

/** A stack under a message of kvasi's own, a message that Node prints when a process ends of an error, and what a host tells of itself. */
const signs = [
  /^kvasi: .*\n(?:.*\n)?\s+at .+:\d+:\d+\)?$/m,
  /UnhandledPromiseRejection|triggerUncaughtException|^Node\.js v\d+/m,
  /a fault of kvasi:/,
];

/** Remembers what a process of kvasi has printed, where it is the sign of a fault of kvasi's own. */
export function noteFaults(command: string, stderr: string): void {
  if (signs.some((sign) => sign.test(stderr)))
    faults.push(`kvasi ${command} told a fault of its own:\n${stderr}`);
}

/** What was remembered; it is forgotten. A test that has made a fault on purpose takes it. */
export function takeFaults(): string[] {
  return faults.splice(0);
}
