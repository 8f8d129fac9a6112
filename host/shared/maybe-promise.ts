/** A value, or a promise of it. Whoever can answer at once does, so that the guest need not suspend. */
export type MaybePromise<T> = T | Promise<T>;
