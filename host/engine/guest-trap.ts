/** Ends the guest, which has broken a rule or passed a bound of this host; nothing of the host is touched. */
export function trap(reason: string): never {
  throw new WebAssembly.RuntimeError(reason);
}
