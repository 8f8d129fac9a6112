import type { CallAnswer, ModuleCall } from './module-calls.ts';

/** Worker to main thread. */
export type FromImportsWorker =
  | ({ readonly type: 'call'; readonly id: number } & ModuleCall)
  | { readonly type: 'drop'; readonly handle: number }
  /** It begins to load a module. @param what for messages: where it was named, and its path */
  | { readonly type: 'loading'; readonly what: string }
  /** All of them are loaded. */
  | { readonly type: 'loaded' };

/** Main thread to worker. */
export type ToImportsWorker =
  | { readonly type: 'answer'; readonly id: number; readonly answer: CallAnswer }
  | {
      readonly type: 'fault';
      readonly id: number;
      readonly message: string;
      readonly stack: string | undefined;
    };
