/** The same component with other bytes, as a build that changed nothing that matters would leave it. */
export function variantOf(component: Uint8Array, name: string): Uint8Array {
  const label = Buffer.from(name);
  // A custom section: its id, its length, the length of its name, its name, and no content.
  return Buffer.concat([component, Buffer.from([0, label.length + 1, label.length]), label]);
}
