/** Where whoever wants to know which components a process loads puts a function. */
const listener = Symbol.for('kvasi.loaded');

interface Listening {
  [listener]?: (path: string) => void;
}

/** `tell` is called with the path of each component that a host is started for in this process; several hosts may have one. */
export function onLoaded(tell: (path: string) => void): void {
  (globalThis as Listening)[listener] = tell;
}

/** A host is started for a component. */
export function noticeLoaded(path: string): void {
  (globalThis as Listening)[listener]?.(path);
}
