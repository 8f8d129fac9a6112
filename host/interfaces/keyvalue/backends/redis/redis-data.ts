import { createRequire } from 'node:module';
import type DataHandler from 'ioredis/built/DataHandler.js';

/** What of ioredis's handler of answers is used here. */
interface Handler {
  dispatch(answer: () => void): void;
  returnFatalError(error: unknown): void;
}

/**
 * Makes ioredis end a connection whose answers it can't handle. It throws such an error into nowhere, which ends the thread: an
 * answer that nobody has asked for does that where it is null. https://github.com/redis/ioredis/issues/1981
 */
export function endConnectionsThatConfuse(): void {
  const require = createRequire(import.meta.url);
  const module = require('ioredis/built/DataHandler.js') as typeof DataHandler;
  const handler = module.default.prototype as unknown as Handler;
  handler.dispatch = function (this: Handler, answer) {
    try {
      answer();
    } catch (error) {
      this.returnFatalError(error);
    }
  };
}
