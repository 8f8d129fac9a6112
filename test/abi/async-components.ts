/** How the callee is lifted. */
export type Lifting = 'synchronously' | 'with a callback' | 'on a stack';
/** How the caller lowers it. */
export type Lowering = 'synchronously' | 'asynchronously';

const lowered: Readonly<Record<Lowering, string>> = {
  synchronously: '',
  asynchronously: 'async',
};

const memory = `
    (core module $Memory
      (memory (export "memory") 1)
      (global $end (mut i32) (i32.const 1024))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.get $end)
        (global.set $end (i32.and (i32.add (i32.add (global.get $end) (local.get 3)) (i32.const 15)) (i32.const -8)))))
    (core instance $memory (instantiate $Memory))
    (alias core export $memory "memory" (core memory $mem))
    (alias core export $memory "realloc" (core func $realloc))`;

/** Waits for a call that was begun asynchronously, on the stack; `$wait` takes what the call answered, and answers its last state. */
const waits = {
  canonical: `
    (core func $set-new (canon waitable-set.new))
    (core func $set-wait (canon waitable-set.wait (memory $mem)))
    (core func $set-drop (canon waitable-set.drop))
    (core func $join (canon waitable.join))
    (core func $subtask-drop (canon subtask.drop))`,
  exports: `
      (export "memory" (memory $mem))
      (export "set-new" (func $set-new)) (export "set-wait" (func $set-wait)) (export "set-drop" (func $set-drop))
      (export "join" (func $join)) (export "subtask-drop" (func $subtask-drop))`,
  imports: `
      (import "" "memory" (memory 1))
      (import "" "set-new" (func $set-new (result i32)))
      (import "" "set-wait" (func $set-wait (param i32 i32) (result i32)))
      (import "" "set-drop" (func $set-drop (param i32)))
      (import "" "join" (func $join (param i32 i32)))
      (import "" "subtask-drop" (func $subtask-drop (param i32)))`,
  code: `
      (func $wait (param $call i32) (result i32) (local $set i32)
        (if (i32.eq (local.get $call) (i32.const 2)) (then (return (i32.const 2))))
        (local.set $set (call $set-new))
        (call $join (i32.shr_u (local.get $call) (i32.const 4)) (local.get $set))
        (loop
          (drop (call $set-wait (local.get $set) (i32.const 0)))
          (br_if 0 (i32.lt_u (i32.load (i32.const 4)) (i32.const 2))))
        (call $join (i32.shr_u (local.get $call) (i32.const 4)) (i32.const 0))
        (call $set-drop (local.get $set))
        (call $subtask-drop (i32.shr_u (local.get $call) (i32.const 4)))
        (i32.load (i32.const 4)))`,
} as const;

/** Its `run` answers the text that a component within, whose strings are UTF-16, makes of a text of its own. */
export function shouting(lifting: Lifting, lowering: Lowering, yields: boolean): string {
  const lift = {
    synchronously: '(core func $m "sync") string-encoding=utf16 (memory $mem) (realloc $realloc)',
    'with a callback':
      '(core func $m "begin") async (callback (core func $m "go-on")) string-encoding=utf16 (memory $mem) (realloc $realloc)',
    'on a stack': '(core func $m "stack") async string-encoding=utf16 (memory $mem) (realloc $realloc)',
  }[lifting];
  const pause = yields ? '(drop (call $yield))' : '';
  const call =
    lowering === 'synchronously'
      ? '(call $shout (i32.const 32) (i32.const 5) (i32.const 64))'
      : '(if (i32.ne (call $wait (call $shout (i32.const 32) (i32.const 5) (i32.const 64))) (i32.const 2)) (then unreachable))';
  const answer = lowering === 'synchronously' ? '' : '(result i32)';
  return `(component
    (component $Inner ${memory}
      (core func $yield (canon thread.yield))
      (core func $return (canon task.return (result string) string-encoding=utf16 (memory $mem)))
      (core module $M
        (import "" "memory" (memory 1))
        (import "" "yield" (func $yield (result i32)))
        (import "" "return" (func $return (param i32 i32)))
        (global $at (mut i32) (i32.const 0))
        (global $length (mut i32) (i32.const 0))
        (func $append (param $at i32) (param $length i32)
          (i32.store16 (i32.add (local.get $at) (i32.mul (local.get $length) (i32.const 2))) (i32.const 33)))
        (func (export "sync") (param $at i32) (param $length i32) (result i32)
          ${pause}
          (call $append (local.get $at) (local.get $length))
          (i32.store (i32.const 16) (local.get $at))
          (i32.store (i32.const 20) (i32.add (local.get $length) (i32.const 1)))
          (i32.const 16))
        (func (export "stack") (param $at i32) (param $length i32)
          ${pause}
          (call $append (local.get $at) (local.get $length))
          (call $return (local.get $at) (i32.add (local.get $length) (i32.const 1))))
        (func $begin (export "begin") (param $at i32) (param $length i32) (result i32)
          (global.set $at (local.get $at))
          (global.set $length (local.get $length))
          ${yields ? '(i32.const 1)' : '(call $go-on (i32.const 0) (i32.const 0) (i32.const 0))'})
        (func $go-on (export "go-on") (param i32 i32 i32) (result i32)
          (call $append (global.get $at) (global.get $length))
          (call $return (global.get $at) (i32.add (global.get $length) (i32.const 1)))
          (i32.const 0)))
      (core instance $m (instantiate $M (with "" (instance
        (export "memory" (memory $mem)) (export "yield" (func $yield)) (export "return" (func $return))))))
      (func (export "shout") async (param "text" string) (result string) (canon lift ${lift})))
    (instance $inner (instantiate $Inner))
    (component $Outer
      (import "shout" (func $shout async (param "text" string) (result string))) ${memory} ${waits.canonical}
      (core func $shout (canon lower (func $shout) ${lowered[lowering]} (memory $mem) (realloc $realloc)))
      (core func $return (canon task.return (result string) (memory $mem)))
      (core module $M ${waits.imports}
        (import "" "shout" (func $shout (param i32 i32 i32) ${answer}))
        (import "" "return" (func $return (param i32 i32)))
        ${waits.code}
        (data (i32.const 32) "h\\c3\\b6y!")
        (func (export "run")
          ${call}
          (call $return (i32.load (i32.const 64)) (i32.load (i32.const 68)))))
      (core instance $m (instantiate $M (with "" (instance ${waits.exports}
        (export "shout" (func $shout)) (export "return" (func $return))))))
      (func (export "run") async (result string) (canon lift (core func $m "run") async (memory $mem))))
    (instance $outer (instantiate $Outer (with "shout" (func $inner "shout"))))
    (func (export "run") (alias export $outer "run")))`;
}

/**
 * A component whose `run` calls functions of one within; `use` is the body of the former, which answers a u32 by `$return`:
 * `hold` holds calls back and `admit` admits them, `end` ends when it is cancelled and `stay` only when it is told to by an event,
 * `trap` traps after a while, `sum` adds up numbers of a stream, and `sleep` waits for the host.
 */
export function working(use: string): string {
  const functions = `
      (export "hold" (func async)) (export "admit" (func async)) (export "end" (func async)) (export "trap" (func async))
      (export "sum" (func async (param "numbers" (stream u32)) (result u32)))
      (export "sleep" (func async (param "for" u32) (result u32)))
      (export "nap" (func (param "for" u32) (result u32)))`;
  const clock =
    '(import "demo:host/clock" (instance $clock (export "wait" (func (param "for" u32) (result u32)))))';
  return `(component ${clock}
    (component $Sleeper ${clock}
      (core func $wait (canon lower (func $clock "wait")))
      (core module $M
        (import "" "wait" (func $wait (param i32) (result i32)))
        (func (export "nap") (param i32) (result i32) (i32.add (call $wait (local.get 0)) (i32.const 1))))
      (core instance $m (instantiate $M (with "" (instance (export "wait" (func $wait))))))
      (func (export "nap") (param "for" u32) (result u32) (canon lift (core func $m "nap"))))
    (instance $sleeper (instantiate $Sleeper (with "demo:host/clock" (instance $clock))))
    (component $Worker
      (import "nap" (func $nap (param "for" u32) (result u32))) ${clock} ${memory}
      (type $numbers (stream u32))
      (core func $nap (canon lower (func $nap)))
      (core func $wait (canon lower (func $clock "wait")))
      (core func $inc (canon backpressure.inc))
      (core func $dec (canon backpressure.dec))
      (core func $set-new (canon waitable-set.new))
      (core func $cancel (canon task.cancel))
      (core func $return (canon task.return))
      (core func $return-sum (canon task.return (result u32)))
      (core func $read (canon stream.read $numbers (memory $mem)))
      (core func $close (canon stream.drop-readable $numbers))
      (core module $M
        (import "" "memory" (memory 1))
        (import "" "wait" (func $wait (param i32) (result i32)))
        (import "" "nap" (func $nap (param i32) (result i32)))
        (import "" "inc" (func $inc)) (import "" "dec" (func $dec))
        (import "" "set-new" (func $set-new (result i32)))
        (import "" "cancel" (func $cancel)) (import "" "return" (func $return))
        (import "" "return-sum" (func $return-sum (param i32)))
        (import "" "read" (func $read (param i32 i32 i32) (result i32)))
        (import "" "close" (func $close (param i32)))
        (func (export "hold") (call $inc))
        (func (export "admit") (call $dec))
        (func (export "end") (result i32) (i32.or (i32.shl (call $set-new) (i32.const 4)) (i32.const 2)))
        (func (export "ended") (param $event i32) (param i32 i32) (result i32)
          (if (i32.ne (local.get $event) (i32.const 6)) (then unreachable))
          (call $cancel)
          (i32.const 0))
        (func (export "trap") (result i32) (i32.const 1))
        (func (export "trapped") (param i32 i32 i32) (result i32) unreachable)
        (func (export "sum") (param $stream i32) (local $sum i32) (local $read i32)
          (loop
            (local.set $read (call $read (local.get $stream) (i32.const 16) (i32.const 1)))
            (if (i32.eq (i32.shr_u (local.get $read) (i32.const 4)) (i32.const 1))
              (then (local.set $sum (i32.add (local.get $sum) (i32.load (i32.const 16))))))
            (br_if 0 (i32.eqz (i32.and (local.get $read) (i32.const 15)))))
          (call $close (local.get $stream))
          (call $return-sum (local.get $sum)))
        (func (export "sleep") (param i32) (result i32)
          (i32.add (call $wait (local.get 0)) (call $nap (i32.add (local.get 0) (i32.const 1))))))
      (core instance $m (instantiate $M (with "" (instance
        (export "memory" (memory $mem)) (export "wait" (func $wait)) (export "nap" (func $nap))
        (export "inc" (func $inc)) (export "dec" (func $dec)) (export "set-new" (func $set-new))
        (export "cancel" (func $cancel)) (export "return" (func $return)) (export "return-sum" (func $return-sum))
        (export "read" (func $read)) (export "close" (func $close))))))
      (func (export "hold") async (canon lift (core func $m "hold")))
      (func (export "admit") (canon lift (core func $m "admit")))
      (func (export "end") async (canon lift (core func $m "end") async (callback (core func $m "ended"))))
      (func (export "trap") async (canon lift (core func $m "trap") async (callback (core func $m "trapped"))))
      (func (export "sum") async (param "numbers" (stream u32)) (result u32) (canon lift (core func $m "sum") async))
      (func (export "sleep") async (param "for" u32) (result u32) (canon lift (core func $m "sleep")))
      (func (export "nap") (param "for" u32) (result u32) (canon lift (core func $m "sleep"))))
    (instance $worker (instantiate $Worker
      (with "nap" (func $sleeper "nap")) (with "demo:host/clock" (instance $clock))))
    (component $Outer
      (import "worker" (instance $worker ${functions.replace('"admit" (func async)', '"admit" (func)')})) ${memory} ${waits.canonical}
      (type $numbers (stream u32))
      (core func $hold (canon lower (func $worker "hold")))
      (core func $admit (canon lower (func $worker "admit")))
      (core func $end (canon lower (func $worker "end") async))
      (core func $trap (canon lower (func $worker "trap") async))
      (core func $sum (canon lower (func $worker "sum") async (memory $mem)))
      (core func $sleep (canon lower (func $worker "sleep") async (memory $mem)))
      (core func $nap (canon lower (func $worker "nap")))
      (core func $cancel (canon subtask.cancel))
      (core func $new (canon stream.new $numbers))
      (core func $write (canon stream.write $numbers (memory $mem)))
      (core func $close (canon stream.drop-writable $numbers))
      (core func $return (canon task.return (result u32)))
      (core module $M ${waits.imports}
        (import "" "hold" (func $hold)) (import "" "admit" (func $admit))
        (import "" "end" (func $end (result i32))) (import "" "trap" (func $trap (result i32)))
        (import "" "sum" (func $sum (param i32 i32) (result i32)))
        (import "" "sleep" (func $sleep (param i32 i32) (result i32)))
        (import "" "nap" (func $nap (param i32) (result i32)))
        (import "" "cancel" (func $cancel (param i32) (result i32)))
        (import "" "new" (func $new (result i64)))
        (import "" "write" (func $write (param i32 i32 i32) (result i32)))
        (import "" "close" (func $close (param i32)))
        (import "" "return" (func $return (param i32)))
        ${waits.code}
        (func $handle (param i32) (result i32) (i32.shr_u (local.get 0) (i32.const 4)))
        (func $state (param i32) (result i32) (i32.and (local.get 0) (i32.const 15)))
        (func (export "run") (local $a i32) (local $b i32) (local $c i32) (local $ends i64)
          ${use}))
      (core instance $m (instantiate $M (with "" (instance ${waits.exports}
        (export "hold" (func $hold)) (export "admit" (func $admit)) (export "end" (func $end)) (export "trap" (func $trap))
        (export "sum" (func $sum)) (export "sleep" (func $sleep)) (export "nap" (func $nap)) (export "cancel" (func $cancel))
        (export "new" (func $new)) (export "write" (func $write)) (export "close" (func $close))
        (export "return" (func $return))))))
      (func (export "run") async (result u32) (canon lift (core func $m "run") async)))
    (instance $outer (instantiate $Outer (with "worker" (instance $worker))))
    (func (export "run") (alias export $outer "run")))`;
}
