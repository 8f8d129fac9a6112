/** Called with a trap. @param origin what the code was called for that trapped, where that is known */
export type Fail = (thrown: unknown, origin?: unknown) => void;

/**
 * An asynchronous entry has answered; its guest may go on. `over` is to be called when nothing of the answer is needed of the instance
 * any more, perhaps before this returns.
 */
export type Returned = (result: unknown, over: () => void) => void;
