/** Thrown by an interface to unwind a guest that asked to end. */
export class GuestExit extends Error {
  override readonly name = 'GuestExit';
  readonly status: number;

  constructor(status: number) {
    super(`the component called exit with status ${status}`);
    this.status = status;
  }
}
