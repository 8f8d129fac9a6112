interface Closable {
  close(): Promise<void>;
}

const open = new Set<Closable>();

/** Closes a host when nothing is left to do in the process, unless `forgetHost` comes before: its folder and keys go with it. */
export function closeAtEnd(host: Closable): void {
  if (open.size === 0) process.on('beforeExit', closeAll);
  open.add(host);
}

/** The host is closed. */
export function forgetHost(host: Closable): void {
  open.delete(host);
  if (open.size === 0) process.off('beforeExit', closeAll);
}

function closeAll(): void {
  // What could not be closed is not tried again: the process is to end.
  for (const host of open) {
    forgetHost(host);
    host.close().catch(() => {});
  }
}
