/** The longest that a timer can be set to, in milliseconds. */
const longest = 2 ** 31 - 1;
let holding = 0;
let anchor: NodeJS.Timeout | undefined;

/**
 * Keeps the process from ending until it is disposed of: while something is awaited whose threads and connections do not. A host that
 * nobody waits for must not keep it, or a test that fails before `close()` would never end.
 */
export function holdProcess(): Disposable {
  holding += 1;
  anchor ??= setInterval(() => {}, longest);
  let isHeld = true;
  return {
    [Symbol.dispose]() {
      if (!isHeld) return;
      isHeld = false;
      holding -= 1;
      if (holding > 0) return;
      clearInterval(anchor);
      anchor = undefined;
    },
  };
}
