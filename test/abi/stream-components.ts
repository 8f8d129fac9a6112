import { layoutOf } from '../../host/engine/abi/layout.ts';
import type { WitType } from '../../host/engine/decode/wit-type.ts';
import { watType } from './wat-type.ts';

/** How a component of a pair deals with elements. */
export interface Dealing {
  readonly encoding: string;
  /** How many elements it reads or writes at once. */
  readonly piece: number;
}

/** A memory, with an allocator that only goes on. */
const memory = `(core module $Memory
      (memory (export "memory") 16)
      (global $end (mut i32) (i32.const 65536))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.set $end (i32.and (i32.add (global.get $end) (i32.const 15)) (i32.const -16)))
        (global.get $end)
        (global.set $end (i32.add (global.get $end) (local.get 3)))))
    (core instance $memory (instantiate $Memory))
    (alias core export $memory "memory" (core memory $mem))
    (alias core export $memory "realloc" (core func $realloc))`;

const returning = (encoding: string): string => `string-encoding=${encoding} (memory $mem)`;
const options = (encoding: string): string => `${returning(encoding)} (realloc $realloc)`;

/** The built-ins of a type of stream or future, and what imports them into core wasm. */
function builtIns(kind: 'stream' | 'future', type: WitType, encoding: string) {
  const counts = kind === 'stream' ? 'i32 i32 i32' : 'i32 i32';
  const names = ['new', 'read', 'write', 'drop-readable', 'drop-writable'] as const;
  const result = {
    new: '(result i64)',
    read: `(param ${counts}) (result i32)`,
    write: `(param ${counts}) (result i32)`,
  };
  return {
    type: `(type $T (${kind} ${watType(type)}))`,
    canonical: names
      .map((name) => {
        const more = name === 'read' || name === 'write' ? options(encoding) : '';
        return `(core func $${name} (canon ${kind}.${name} $T ${more}))`;
      })
      .join('\n    '),
    exports: names.map((name) => `(export "${name}" (func $${name}))`).join(' '),
    imports: names
      .map(
        (name) =>
          `(import "" "${name}" (func $${name} ${name in result ? result[name as keyof typeof result] : '(param i32)'}))`,
      )
      .join('\n      '),
  };
}

/**
 * Functions of core wasm: `$send` writes so many elements to a stream, piece by piece, and drops its end; `$receive` reads a stream to its
 * end, to 131072 and on, drops its end and answers how many elements came.
 */
function pieces(size: number, piece: number): string {
  return `
      (func $send (param $end i32) (param $at i32) (param $count i32) (local $now i32) (local $done i32)
        (block $over (loop $more
          (br_if $over (i32.eqz (local.get $count)))
          (local.set $now (select (local.get $count) (i32.const ${piece}) (i32.lt_u (local.get $count) (i32.const ${piece}))))
          (local.set $done (call $write (local.get $end) (local.get $at) (local.get $now)))
          (local.set $now (i32.shr_u (local.get $done) (i32.const 4)))
          (local.set $at (i32.add (local.get $at) (i32.mul (local.get $now) (i32.const ${size}))))
          (local.set $count (i32.sub (local.get $count) (local.get $now)))
          (br_if $more (i32.eqz (i32.and (local.get $done) (i32.const 15))))))
        (call $drop-writable (local.get $end)))
      (func $receive (param $end i32) (result i32) (local $done i32) (local $count i32)
        (loop $more
          (local.set $done (call $read (local.get $end)
            (i32.add (i32.const 131072) (i32.mul (local.get $count) (i32.const ${size}))) (i32.const ${piece})))
          (local.set $count (i32.add (local.get $count) (i32.shr_u (local.get $done) (i32.const 4))))
          (br_if $more (i32.eqz (i32.and (local.get $done) (i32.const 15)))))
        (call $drop-readable (local.get $end))
        (local.get $count))`;
}

/** A guest whose `run` gets a stream of the host's and answers another one, to which it writes what it has read. */
export function echoStream(type: WitType, { encoding, piece }: Dealing): string {
  const stream = builtIns('stream', type, encoding);
  const { size } = layoutOf(type);
  return `(component ${memory} ${stream.type}
    ${stream.canonical}
    (core func $return (canon task.return (result $T) (memory $mem)))
    (core module $M
      (import "" "memory" (memory 1))
      ${stream.imports}
      (import "" "return" (func $return (param i32)))
      ${pieces(size, piece)}
      (func (export "run") (param $from i32) (local $ends i64)
        (local.set $ends (call $new))
        (call $return (i32.wrap_i64 (local.get $ends)))
        (call $send (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))) (i32.const 131072) (call $receive (local.get $from)))))
    (core instance $m (instantiate $M (with "" (instance (export "memory" (memory $mem)) ${stream.exports} (export "return" (func $return))))))
    (func (export "run") async (param "from" $T) (result $T) (canon lift (core func $m "run") async (memory $mem))))`;
}

/** The same for a future. */
export function echoFuture(type: WitType, encoding: string): string {
  const future = builtIns('future', type, encoding);
  return `(component ${memory} ${future.type}
    ${future.canonical}
    (core func $return (canon task.return (result $T) (memory $mem)))
    (core module $M
      (import "" "memory" (memory 1))
      ${future.imports}
      (import "" "return" (func $return (param i32)))
      (func (export "run") (param $from i32) (local $ends i64)
        (drop (call $read (local.get $from) (i32.const 1024)))
        (call $drop-readable (local.get $from))
        (local.set $ends (call $new))
        (call $return (i32.wrap_i64 (local.get $ends)))
        (drop (call $write (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))) (i32.const 1024)))
        (call $drop-writable (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))))))
    (core instance $m (instantiate $M (with "" (instance (export "memory" (memory $mem)) ${future.exports} (export "return" (func $return))))))
    (func (export "run") async (param "from" $T) (result $T) (canon lift (core func $m "run") async (memory $mem))))`;
}

/**
 * Two guests: `run` of the outer one gets a list, gives its elements to the inner one by a stream, gets them back as a list, gives that,
 * and gets them back by a stream of the inner one.
 */
export function passOn(type: WitType, inner: Dealing, outer: Dealing): string {
  const { size } = layoutOf(type);
  const list = `(list ${watType(type)})`;
  const [own, other] = [builtIns('stream', type, outer.encoding), builtIns('stream', type, inner.encoding)];
  return `(component
    (component $Inner ${memory} ${other.type} (type $L ${list})
      ${other.canonical}
      (core func $return-list (canon task.return (result $L) ${returning(inner.encoding)}))
      (core func $return-stream (canon task.return (result $T) ${returning(inner.encoding)}))
      (core module $M
        (import "" "memory" (memory 1))
        ${other.imports}
        (import "" "return-list" (func $return-list (param i32 i32)))
        (import "" "return-stream" (func $return-stream (param i32)))
        ${pieces(size, inner.piece)}
        (func (export "collect") (param $from i32)
          (call $return-list (i32.const 131072) (call $receive (local.get $from))))
        (func (export "spread") (param $at i32) (param $count i32) (local $ends i64)
          (local.set $ends (call $new))
          (call $return-stream (i32.wrap_i64 (local.get $ends)))
          (call $send (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))) (local.get $at) (local.get $count))))
      (core instance $m (instantiate $M (with "" (instance (export "memory" (memory $mem)) ${other.exports}
        (export "return-list" (func $return-list)) (export "return-stream" (func $return-stream))))))
      (func (export "collect") async (param "from" $T) (result $L) (canon lift (core func $m "collect") async ${options(inner.encoding)}))
      (func (export "spread") async (param "all" $L) (result $T) (canon lift (core func $m "spread") async ${options(inner.encoding)})))
    (component $Outer ${own.type} (type $L ${list})
      (import "collect" (func $collect async (param "from" $T) (result $L)))
      (import "spread" (func $spread async (param "all" $L) (result $T))) ${memory}
      ${own.canonical}
      (core func $collect (canon lower (func $collect) async ${options(outer.encoding)}))
      (core func $spread (canon lower (func $spread) ${options(outer.encoding)}))
      (core func $return (canon task.return (result $L) ${returning(outer.encoding)}))
      (core func $set-new (canon waitable-set.new))
      (core func $set-wait (canon waitable-set.wait (memory $mem)))
      (core func $join (canon waitable.join))
      (core func $subtask-drop (canon subtask.drop))
      (core module $M
        (import "" "memory" (memory 1))
        ${own.imports}
        (import "" "collect" (func $collect (param i32 i32) (result i32)))
        (import "" "spread" (func $spread (param i32 i32) (result i32)))
        (import "" "return" (func $return (param i32 i32)))
        (import "" "set-new" (func $set-new (result i32)))
        (import "" "set-wait" (func $set-wait (param i32 i32) (result i32)))
        (import "" "join" (func $join (param i32 i32)))
        (import "" "subtask-drop" (func $subtask-drop (param i32)))
        ${pieces(size, outer.piece)}
        (func (export "run") (param $at i32) (param $count i32) (local $ends i64) (local $call i32) (local $set i32)
          (local.set $ends (call $new))
          (local.set $call (call $collect (i32.wrap_i64 (local.get $ends)) (i32.const 64)))
          (call $send (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))) (local.get $at) (local.get $count))
          (if (i32.ne (local.get $call) (i32.const 2)) (then
            (local.set $set (call $set-new))
            (call $join (i32.shr_u (local.get $call) (i32.const 4)) (local.get $set))
            (loop
              (drop (call $set-wait (local.get $set) (i32.const 0)))
              (br_if 0 (i32.lt_u (i32.load (i32.const 4)) (i32.const 2))))
            (call $join (i32.shr_u (local.get $call) (i32.const 4)) (i32.const 0))
            (call $subtask-drop (i32.shr_u (local.get $call) (i32.const 4)))))
          (call $return (i32.const 131072) (call $receive (call $spread (i32.load (i32.const 64)) (i32.load (i32.const 68)))))))
      (core instance $m (instantiate $M (with "" (instance (export "memory" (memory $mem)) ${own.exports}
        (export "collect" (func $collect)) (export "spread" (func $spread)) (export "return" (func $return))
        (export "set-new" (func $set-new)) (export "set-wait" (func $set-wait)) (export "join" (func $join))
        (export "subtask-drop" (func $subtask-drop))))))
      (func (export "run") async (param "all" $L) (result $L) (canon lift (core func $m "run") async ${options(outer.encoding)})))
    (instance $inner (instantiate $Inner))
    (instance $outer (instantiate $Outer (with "collect" (func $inner "collect")) (with "spread" (func $inner "spread"))))
    (func (export "run") (alias export $outer "run")))`;
}
