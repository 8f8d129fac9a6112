/** A call of a function that a module serves, as tests, `--json` and the inspector's API have it: the fields of its record. */
export interface ImportOperation {
  /** `imports`. */
  readonly interface: string;
  readonly op: 'call';
  /** The interface that is imported, without its version: `acme:payments/api`. */
  readonly import: string;
  /** By its name in WIT: `charge`, `account.deposit` for a method or a static function, `account` for a constructor. */
  readonly function: string;
  /** What the function threw, where it failed. */
  readonly error?: string | undefined;
  /** From the moment at which the guest got the request, in milliseconds. */
  readonly start: number;
  readonly milliseconds: number;
}
