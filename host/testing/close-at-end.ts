interface Closable {
  close(): Promise<void>;
}

const open = new Set<Closable>();

/** Closes something when nothing is left to do in the process, unless `forget` comes before: its files and keys go with it. */
export function closeAtEnd(one: Closable): void {
  if (open.size === 0) process.on('beforeExit', closeAll);
  open.add(one);
}

/** It is closed. */
export function forget(one: Closable): void {
  open.delete(one);
  if (open.size === 0) process.off('beforeExit', closeAll);
}

function closeAll(): void {
  for (const one of open) {
    forget(one);
    // Nobody waits for it, and what could not be closed is not tried again.
    one.close().catch(() => {});
  }
}
