import type { StringEncoding } from '../abi/string-encoding.ts';
import type { WitType } from '../decode/wit-type.ts';

/** A canonical built-in, as a component's binary asks for it. Source: the component model's `Binary.md`, "Canonical Definitions". */
export type BuiltinPlan =
  | {
      readonly name:
        | 'backpressure.inc'
        | 'backpressure.dec'
        | 'task.cancel'
        | 'subtask.drop'
        | 'waitable-set.new'
        | 'waitable-set.drop'
        | 'waitable.join'
        | 'error-context.drop';
    }
  | {
      readonly name: 'task.return';
      readonly result: WitType | undefined;
      readonly memory: number | undefined;
      readonly encoding: StringEncoding;
    }
  | { readonly name: 'context.get' | 'context.set'; readonly slot: number }
  | { readonly name: 'subtask.cancel'; readonly isAsync: boolean }
  | {
      readonly name:
        | 'stream.new'
        | 'future.new'
        | 'stream.drop-readable'
        | 'stream.drop-writable'
        | 'future.drop-readable'
        | 'future.drop-writable';
      readonly type: WitType;
    }
  | {
      readonly name: 'stream.read' | 'stream.write' | 'future.read' | 'future.write';
      readonly type: WitType;
      readonly memory: number | undefined;
      readonly realloc: number | undefined;
      readonly encoding: StringEncoding;
      readonly isAsync: boolean;
    }
  | {
      readonly name:
        | 'stream.cancel-read'
        | 'stream.cancel-write'
        | 'future.cancel-read'
        | 'future.cancel-write';
      readonly type: WitType;
      readonly isAsync: boolean;
    }
  | {
      readonly name: 'waitable-set.wait' | 'waitable-set.poll';
      readonly isCancellable: boolean;
      readonly memory: number;
    }
  | { readonly name: 'thread.yield'; readonly isCancellable: boolean }
  | {
      readonly name: 'error-context.new' | 'error-context.debug-message';
      readonly memory: number | undefined;
      readonly realloc: number | undefined;
    };
