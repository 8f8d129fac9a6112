/** A value of a module that is none of the type that its function has. */
export class WrongValue extends Error {
  override readonly name = 'WrongValue';
}
