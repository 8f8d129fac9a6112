/** A memory with an allocator that only goes on; `beside` stands in the same core module. */
export function memoryWith(beside: string, imports = ''): string {
  return `(core module $M
    ${imports}
    (memory (export "memory") 1)
    (global $end (mut i32) (i32.const 1024))
    (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $end) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
      (global.set $end (i32.add (local.get $at) (local.get $new)))
      (memory.copy (local.get $at) (local.get $old) (select (local.get $size) (local.get $new)
        (i32.lt_u (local.get $size) (local.get $new))))
      (local.get $at))
    ${beside})`;
}

/** Two components, of which the second passes its caller's text and number to the first, and what comes back to its caller. */
export const greeting = `(component
  (component $greeter
    ${memoryWith(`
      (data (i32.const 8) "hello, ")
      (func (export "greet") (param $at i32) (param $size i32) (param $times i32) (result i32)
        (local $to i32)
        (local.set $to (global.get $end))
        (global.set $end (i32.add (local.get $to) (i32.const 512)))
        (memory.copy (local.get $to) (i32.const 8) (i32.const 7))
        (memory.copy (i32.add (local.get $to) (i32.const 7)) (local.get $at) (local.get $size))
        (i32.store (i32.const 16) (local.get $to))
        (i32.store (i32.const 20) (i32.add (i32.const 7) (local.get $size)))
        (i32.store (i32.const 24) (i32.mul (local.get $times) (i32.const 2)))
        (i32.const 16))
      (func (export "post") (param i32) (memory.fill (i32.load (i32.const 16)) (i32.const 0x21) (i32.const 8)))`)}
    (core instance $m (instantiate $M))
    (func $greet (param "name" string) (param "times" u32) (result (tuple string u32))
      (canon lift (core func $m "greet") (memory (core memory $m "memory")) (realloc (core func $m "realloc"))
        (post-return (core func $m "post"))))
    (instance $greeting (export "greet" (func $greet)))
    (export "demo:greet/greeting" (instance $greeting)))
  (component $relay
    (import "demo:greet/greeting" (instance $greeting
      (export "greet" (func (param "name" string) (param "times" u32) (result (tuple string u32))))))
    (core module $Memory
      (memory (export "memory") 1)
      (global $end (mut i32) (i32.const 1024))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.set $end (i32.and (i32.add (global.get $end) (i32.const 7)) (i32.const -8)))
        (global.get $end)
        (global.set $end (i32.add (global.get $end) (local.get 3)))))
    (core instance $memory (instantiate $Memory))
    (core func $greet (canon lower (func $greeting "greet") (memory (core memory $memory "memory"))
      (realloc (core func $memory "realloc"))))
    (core module $Relay
      (import "greeting" "greet" (func $greet (param i32 i32 i32 i32)))
      (func (export "run") (param i32 i32 i32) (result i32)
        (call $greet (local.get 0) (local.get 1) (i32.add (local.get 2) (i32.const 1)) (i32.const 64))
        (i32.const 64)))
    (core instance $relay (instantiate $Relay (with "greeting" (instance (export "greet" (func $greet))))))
    (func (export "run") (param "name" string) (param "times" u32) (result (tuple string u32))
      (canon lift (core func $relay "run") (memory (core memory $memory "memory")) (realloc (core func $memory "realloc")))))
  (instance $g (instantiate $greeter))
  (instance $r (instantiate $relay (with "demo:greet/greeting" (instance $g "demo:greet/greeting"))))
  (export "run" (func $r "run")))`;

/** A component whose `run` passes text to another one, which passes it back; each has an encoding of its own. */
export function echoing(inner: string, outer: string): string {
  const options = (encoding: string): string =>
    `string-encoding=${encoding} (memory (core memory $m "memory")) (realloc (core func $m "realloc"))`;
  return `(component
    (component $echo
      ${memoryWith(`(func (export "echo") (param i32 i32) (result i32)
        (i32.store (i32.const 16) (local.get 0))
        (i32.store (i32.const 20) (local.get 1))
        (i32.const 16))`)}
      (core instance $m (instantiate $M))
      (func (export "echo") (param "text" string) (result string)
        (canon lift (core func $m "echo") ${options(inner)})))
    (component $relay
      (import "echo" (func $echo (param "text" string) (result string)))
      ${memoryWith('')}
      (core instance $m (instantiate $M))
      (core func $echo (canon lower (func $echo) ${options(outer)}))
      (core module $R
        (import "" "echo" (func $echo (param i32 i32 i32)))
        (func (export "run") (param i32 i32) (result i32)
          (call $echo (local.get 0) (local.get 1) (i32.const 32))
          (i32.const 32)))
      (core instance $r (instantiate $R (with "" (instance (export "echo" (func $echo))))))
      (func (export "run") (param "text" string) (result string)
        (canon lift (core func $r "run") ${options(outer)})))
    (instance $e (instantiate $echo))
    (instance $r (instantiate $relay (with "echo" (func $e "echo"))))
    (export "run" (func $r "run")))`;
}

/** A component within that asks the host, called by another one, whose destructor asks as well. */
export const waiting = `(component
  (import "demo:host/clock" (instance $clock (export "wait" (func (param "for" u32) (result u32)))))
  (component $sleeper
    (import "demo:host/clock" (instance $clock (export "wait" (func (param "for" u32) (result u32)))))
    (core func $wait (canon lower (func $clock "wait")))
    (core module $M
      (import "" "wait" (func $wait (param i32) (result i32)))
      (func (export "sleep") (param i32) (result i32) (i32.add (call $wait (local.get 0)) (i32.const 1)))
      (func (export "destructor") (param i32) (drop (call $wait (local.get 0)))))
    (core instance $m (instantiate $M (with "" (instance (export "wait" (func $wait))))))
    (type $nap' (resource (rep i32) (dtor (core func $m "destructor"))))
    (core func $new (canon resource.new $nap'))
    (export $nap "nap" (type $nap'))
    (func (export "make") (param "for" u32) (result (own $nap)) (canon lift (core func $new)))
    (func (export "sleep") (param "for" u32) (result u32) (canon lift (core func $m "sleep"))))
  (instance $s (instantiate $sleeper (with "demo:host/clock" (instance $clock))))
  (alias export $s "nap" (type $nap))
  (core func $sleep (canon lower (func $s "sleep")))
  (core func $make (canon lower (func $s "make")))
  (core func $drop (canon resource.drop $nap))
  (core module $Main
    (import "" "sleep" (func $sleep (param i32) (result i32)))
    (import "" "make" (func $make (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "run") (param i32) (result i32)
      (call $drop (call $make (i32.const 77)))
      (i32.add (call $sleep (local.get 0)) (call $sleep (i32.const 5)))))
  (core instance $main (instantiate $Main (with "" (instance
    (export "sleep" (func $sleep)) (export "make" (func $make)) (export "drop" (func $drop))))))
  (func (export "run") (param "for" u32) (result u32) (canon lift (core func $main "run"))))`;
