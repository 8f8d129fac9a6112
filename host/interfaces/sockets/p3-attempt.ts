import { caseOf, isErrorCode } from './error-code.ts';

/** Does what is the same in both versions of WASI; its errors are codes, those of 0.3 are cases. */
export function attempt<T>(action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    throw isErrorCode(thrown) ? caseOf(thrown) : thrown;
  }
}

/** The same for what takes its time. */
export async function attemptLater<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (thrown) {
    throw isErrorCode(thrown) ? caseOf(thrown) : thrown;
  }
}
