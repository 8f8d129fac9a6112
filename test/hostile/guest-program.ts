import { type Kind, operations, type Writer } from './guest-operations.ts';
import type { Random } from './random.ts';

/** Registers that the component has; the first two hold the request and the response-outparam at the start. */
const registers = 32;
/** How often a register is used that holds something else, or nothing. */
const wrongRegister = 0.01;
/** How often an operation is done for which something is missing. */
const outOfPlace = 0.01;
/** How often a program computes for ever. */
const endless = 0.0002;
const mostInstructions = 40;

/** What a well-behaved program does, in its order. */
const wellBehaved = [
  'fields.new:2',
  'outgoing-response.new:3,2',
  'outgoing-response.body:4,3',
  'response-outparam.set:1,3',
  'outgoing-body.write:5,4',
  'output-stream.write-all:5,68656c6c6f0a',
  'drop.output-stream:5',
  'outgoing-body.finish:4,-',
] as const;

/** Instructions of a program for the component `improvise`. @param token a text that no other program has */
export function guestProgram(random: Random, token: string): string[] {
  const writer = new ProgramWriter(random, token);
  const program = random.chance(0.4)
    ? varied(writer)
    : improvised(writer, random.between(1, mostInstructions));
  if (random.chance(endless)) program.splice(random.below(program.length + 1), 0, 'loop');
  return program;
}

/** Does what comes to its mind. */
function improvised(writer: ProgramWriter, length: number): string[] {
  return Array.from({ length }, () => writer.next());
}

/** Begins as a well-behaved program does, with something between, left out, done twice or in another order. */
function varied(writer: ProgramWriter): string[] {
  const { random } = writer;
  const program: string[] = [...wellBehaved];
  for (let times = random.between(1, 6); times > 0; times -= 1) {
    const at = random.below(program.length + 1);
    const moved = program[random.below(program.length)] ?? 'trap';
    switch (random.below(6)) {
      case 0:
        program.splice(at, 1);
        break;
      case 1:
        program.splice(at, 0, moved);
        break;
      case 2:
        program.splice(program.indexOf(moved), 1);
        program.splice(at, 0, moved);
        break;
      default:
        writer.assume(program.slice(0, at));
        program.splice(at, 0, writer.next());
    }
  }
  return program;
}

class ProgramWriter implements Writer {
  readonly random: Random;
  readonly token: string;
  /** What each register holds, as far as everything went well. */
  readonly #held = new Map<number, Kind>([
    [0, 'incoming-request'],
    [1, 'response-outparam'],
  ]);

  constructor(random: Random, token: string) {
    this.random = random;
    this.token = token;
    this.lend = this.lend.bind(this);
    this.give = this.give.bind(this);
    this.make = this.make.bind(this);
  }

  next(): string {
    const kinds = new Set(this.#held.values());
    const isAnything = this.random.chance(outOfPlace);
    const possible = operations.filter(({ needs }) => isAnything || needs.every((kind) => kinds.has(kind)));
    return this.random.weighted(possible).write(this);
  }

  /** Takes up after these instructions of the well-behaved program. */
  assume(done: readonly string[]): void {
    const makes: readonly [string, number, Kind][] = [
      ['fields.new', 2, 'fields'],
      ['outgoing-response.new', 3, 'outgoing-response'],
      ['outgoing-response.body', 4, 'outgoing-body'],
      ['outgoing-body.write', 5, 'output-stream'],
    ];
    for (const [name, register, kind] of makes) {
      if (done.some((text) => text.startsWith(`${name}:`))) this.#held.set(register, kind);
      else this.#held.delete(register);
    }
    if (done.includes('outgoing-response.new:3,2')) this.#held.delete(2);
    if (done.includes('response-outparam.set:1,3'))
      for (const register of [1, 3]) this.#held.delete(register);
    if (done.includes('drop.output-stream:5')) this.#held.delete(5);
  }

  lend(kind: Kind): number {
    const right = [...this.#held].filter(([, held]) => held === kind).map(([register]) => register);
    if (right.length === 0 || this.random.chance(wrongRegister)) return this.random.below(registers);
    return this.random.pick(right);
  }

  give(kind: Kind): number {
    const register = this.lend(kind);
    this.#held.delete(register);
    return register;
  }

  make(kind: Kind): number {
    const free = Array.from({ length: registers }, (_, index) => index).filter(
      (index) => !this.#held.has(index),
    );
    // With all registers in use one is overwritten, and what it held stays where it is.
    const register = free.length === 0 ? this.random.between(2, registers - 1) : this.random.pick(free);
    this.#held.set(register, kind);
    return register;
  }
}
