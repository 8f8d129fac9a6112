/** A component's binary has something in it that the component model allows and this host does not read. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable';

  /**
   * @param what such as `a function with several results`
   * @param position where it is, in bytes from the start
   */
  constructor(what: string, position: number) {
    super(`has ${what} (byte ${position}), which is not served yet`);
  }
}
