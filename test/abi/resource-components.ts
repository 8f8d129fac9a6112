/** A component with a resource of its own, and one that uses it; `use` is the body of the latter's `run`, which answers an i32. */
export function counting(use: string): string {
  const resource = `
    (export "counter" (type $counter (sub resource)))
    (export "[constructor]counter" (func (param "start" u32) (result (own $counter))))
    (export "[method]counter.add" (func (param "self" (borrow $counter)) (param "by" u32) (result u32)))
    (export "[method]counter.same" (func (param "self" (borrow $counter)) (param "other" (borrow $counter)) (result u32)))
    (export "[static]counter.pass" (func (param "counter" (own $counter)) (result (own $counter))))
    (export "[static]counter.sum" (func (param "counters" (list (borrow $counter))) (result u32)))
    (export "dropped" (func (result u32)))`;
  return `(component
    (component $counters
      (core module $State
        (memory (export "memory") 1)
        (global $end (mut i32) (i32.const 1024))
        (global $dropped (export "dropped") (mut i32) (i32.const 0))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
          (global.get $end) (global.set $end (i32.add (global.get $end) (local.get 3))))
        (func (export "destructor") (param $at i32)
          (global.set $dropped (i32.add (i32.mul (global.get $dropped) (i32.const 10)) (i32.load (local.get $at)))))
        (func (export "count") (result i32) (global.get $dropped)))
      (core instance $state (instantiate $State))
      (type $counter' (resource (rep i32) (dtor (core func $state "destructor"))))
      (core func $new (canon resource.new $counter'))
      (core func $rep (canon resource.rep $counter'))
      (core module $Main
        (import "" "memory" (memory 1))
        (import "" "new" (func $new (param i32) (result i32)))
        (import "" "rep" (func $rep (param i32) (result i32)))
        (global $next (mut i32) (i32.const 512))
        (func (export "make") (param i32) (result i32)
          (i32.store (global.get $next) (local.get 0))
          (call $new (global.get $next))
          (global.set $next (i32.add (global.get $next) (i32.const 4))))
        (func (export "add") (param i32 i32) (result i32)
          (i32.store (local.get 0) (i32.add (i32.load (local.get 0)) (local.get 1)))
          (i32.load (local.get 0)))
        (func (export "same") (param i32 i32) (result i32) (i32.eq (local.get 0) (local.get 1)))
        (func (export "pass") (param i32) (result i32) (call $new (call $rep (local.get 0))))
        (func (export "sum") (param $at i32) (param $count i32) (result i32) (local $sum i32)
          (loop
            (if (local.get $count) (then
              (local.set $sum (i32.add (local.get $sum) (i32.load (i32.load (local.get $at)))))
              (local.set $at (i32.add (local.get $at) (i32.const 4)))
              (local.set $count (i32.sub (local.get $count) (i32.const 1)))
              (br 1))))
          (local.get $sum)))
      (core instance $main (instantiate $Main (with "" (instance
        (export "memory" (memory $state "memory")) (export "new" (func $new)) (export "rep" (func $rep))))))
      (export $counter "counter" (type $counter'))
      (func (export "[constructor]counter") (param "start" u32) (result (own $counter)) (canon lift (core func $main "make")))
      (func (export "[method]counter.add") (param "self" (borrow $counter)) (param "by" u32) (result u32)
        (canon lift (core func $main "add")))
      (func (export "[method]counter.same") (param "self" (borrow $counter)) (param "other" (borrow $counter)) (result u32)
        (canon lift (core func $main "same")))
      (func (export "[static]counter.pass") (param "counter" (own $counter)) (result (own $counter))
        (canon lift (core func $main "pass")))
      (func (export "[static]counter.sum") (param "counters" (list (borrow $counter))) (result u32)
        (canon lift (core func $main "sum") (memory (core memory $state "memory")) (realloc (core func $state "realloc"))))
      (func (export "dropped") (result u32) (canon lift (core func $state "count"))))
    (component $user
      (import "counters" (instance $counters ${resource}))
      (alias export $counters "counter" (type $counter))
      (core module $Memory (memory (export "memory") 1))
      (core instance $memory (instantiate $Memory))
      (core func $make (canon lower (func $counters "[constructor]counter")))
      (core func $add (canon lower (func $counters "[method]counter.add")))
      (core func $same (canon lower (func $counters "[method]counter.same")))
      (core func $pass (canon lower (func $counters "[static]counter.pass")))
      (core func $sum (canon lower (func $counters "[static]counter.sum") (memory (core memory $memory "memory"))))
      (core func $dropped (canon lower (func $counters "dropped")))
      (core func $drop (canon resource.drop $counter))
      (core module $User
        (import "" "memory" (memory 1))
        (import "" "make" (func $make (param i32) (result i32)))
        (import "" "add" (func $add (param i32 i32) (result i32)))
        (import "" "same" (func $same (param i32 i32) (result i32)))
        (import "" "pass" (func $pass (param i32) (result i32)))
        (import "" "sum" (func $sum (param i32 i32) (result i32)))
        (import "" "dropped" (func $dropped (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (func (export "run") (result i32) (local $a i32) (local $b i32) ${use}))
      (core instance $user (instantiate $User (with "" (instance
        (export "memory" (memory $memory "memory")) (export "make" (func $make)) (export "add" (func $add))
        (export "same" (func $same)) (export "pass" (func $pass)) (export "sum" (func $sum))
        (export "dropped" (func $dropped)) (export "drop" (func $drop))))))
      (func (export "run") (result u32) (canon lift (core func $user "run"))))
    (instance $c (instantiate $counters))
    (instance $u (instantiate $user (with "counters" (instance $c))))
    (export "run" (func $u "run")))`;
}

/** A component that keeps what it is lent; `keep` is what it does with the handle. */
export function keeping(keep: string): string {
  return `(component
    (component $maker
      (type $thing' (resource (rep i32)))
      (core func $new (canon resource.new $thing'))
      (export $thing "thing" (type $thing'))
      (func (export "make") (param "rep" u32) (result (own $thing)) (canon lift (core func $new))))
    (component $borrower
      (import "thing" (type $thing (sub resource)))
      (core func $drop (canon resource.drop $thing))
      (core module $M (import "" "drop" (func $drop (param i32)))
        (func (export "look") (param i32) (result i32) ${keep} (i32.const 1)))
      (core instance $m (instantiate $M (with "" (instance (export "drop" (func $drop))))))
      (func (export "look") (param "thing" (borrow $thing)) (result u32) (canon lift (core func $m "look"))))
    (instance $maker (instantiate $maker))
    (alias export $maker "thing" (type $thing))
    (instance $b (instantiate $borrower (with "thing" (type $thing))))
    (core func $make (canon lower (func $maker "make")))
    (core func $look (canon lower (func $b "look")))
    (core func $drop (canon resource.drop $thing))
    (core module $Main
      (import "" "make" (func $make (param i32) (result i32)))
      (import "" "look" (func $look (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "run") (result i32) (local $a i32)
        (local.set $a (call $make (i32.const 3)))
        (call $look (local.get $a))
        (call $drop (local.get $a))))
    (core instance $main (instantiate $Main (with "" (instance
      (export "make" (func $make)) (export "look" (func $look)) (export "drop" (func $drop))))))
    (func (export "run") (result u32) (canon lift (core func $main "run"))))`;
}
