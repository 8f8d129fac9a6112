const memory = `(core module $Memory (memory (export "memory") 1)) (core instance $memory (instantiate $Memory))
      (alias core export $memory "memory" (core memory $mem))`;

/**
 * A component whose `run` is synchronous and calls one within: its `take` is synchronous too, and reads a number from a stream of its own,
 * which `give` writes when it goes on after others had their turn; `ask` waits for the host, which has an asynchronous clock, and
 * `trap` traps.
 *
 * @param use the body of `run`, which answers a u32; it may use the locals `$a` and `$b`
 */
export function waiting(use: string): string {
  const clock =
    '(import "demo:host/clock" (instance $clock (export "wait" (func async (param "for" u32) (result u32)))))';
  return `(component ${clock}
    (component $Inner ${clock} ${memory}
      (type $numbers (stream u32))
      (core func $wait (canon lower (func $clock "wait")))
      (core func $new (canon stream.new $numbers))
      (core func $read (canon stream.read $numbers (memory $mem)))
      (core func $write (canon stream.write $numbers async (memory $mem)))
      (core func $return (canon task.return))
      (core module $M
        (import "" "memory" (memory 1))
        (import "" "wait" (func $wait (param i32) (result i32)))
        (import "" "new" (func $new (result i64)))
        (import "" "read" (func $read (param i32 i32 i32) (result i32)))
        (import "" "write" (func $write (param i32 i32 i32) (result i32)))
        (import "" "return" (func $return))
        (global $ends (mut i64) (i64.const 0))
        (func (export "open") (global.set $ends (call $new)))
        (func (export "take") (result i32)
          (drop (call $read (i32.wrap_i64 (global.get $ends)) (i32.const 16) (i32.const 1)))
          (i32.load (i32.const 16)))
        (func (export "give") (result i32) (i32.const 1))
        (func (export "given") (param i32 i32 i32) (result i32)
          (i32.store (i32.const 32) (i32.const 42))
          (drop (call $write (i32.wrap_i64 (i64.shr_u (global.get $ends) (i64.const 32))) (i32.const 32) (i32.const 1)))
          (call $return)
          (i32.const 0))
        (func (export "ask") (result i32) (call $wait (i32.const 1)))
        (func $inner-trap (export "trap") unreachable))
      (core instance $m (instantiate $M (with "" (instance (export "memory" (memory $mem)) (export "wait" (func $wait))
        (export "new" (func $new)) (export "read" (func $read)) (export "write" (func $write)) (export "return" (func $return))))))
      (func (export "open") (canon lift (core func $m "open")))
      (func (export "take") (result u32) (canon lift (core func $m "take")))
      (func (export "give") async (canon lift (core func $m "give") async (callback (core func $m "given"))))
      (func (export "ask") (result u32) (canon lift (core func $m "ask")))
      (func (export "trap") async (canon lift (core func $m "trap"))))
    (instance $inner (instantiate $Inner (with "demo:host/clock" (instance $clock))))
    (component $Outer
      (import "inner" (instance $inner (export "open" (func)) (export "take" (func (result u32))) (export "give" (func async))
        (export "ask" (func (result u32))) (export "trap" (func async)))) ${memory}
      (core func $open (canon lower (func $inner "open")))
      (core func $take (canon lower (func $inner "take")))
      (core func $give (canon lower (func $inner "give") async (memory $mem)))
      (core func $give-now (canon lower (func $inner "give")))
      (core func $ask (canon lower (func $inner "ask")))
      (core func $trap (canon lower (func $inner "trap")))
      (core module $M
        (import "" "open" (func $open)) (import "" "take" (func $take (result i32)))
        (import "" "give" (func $give (result i32))) (import "" "give-now" (func $give-now))
        (import "" "ask" (func $ask (result i32))) (import "" "trap" (func $trap))
        (func (export "run") (result i32) (local $a i32) (local $b i32) ${use}))
      (core instance $m (instantiate $M (with "" (instance (export "open" (func $open)) (export "take" (func $take))
        (export "give" (func $give)) (export "give-now" (func $give-now)) (export "ask" (func $ask)) (export "trap" (func $trap))))))
      (func (export "run") (result u32) (canon lift (core func $m "run"))))
    (instance $outer (instantiate $Outer (with "inner" (instance $inner))))
    (func (export "run") (alias export $outer "run")))`;
}
