/** Ends the guest, which has broken a rule of the canonical ABI; nothing of the host is touched. */
export function trap(reason: string): never {
  throw new WebAssembly.RuntimeError(reason);
}
