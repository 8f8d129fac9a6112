/** A component has something in it that this host's linker does not do; jco may. */
export class NotLinkable extends Error {
  override readonly name = 'NotLinkable';
}
