import { expect, test } from 'vitest';
import type { FaultSpec } from '../../host/runtime/fault-injection/fault.ts';
import { FaultCounts } from '../../host/runtime/fault-injection/fault-counts.ts';
import { FaultInjection } from '../../host/runtime/fault-injection/fault-injection.ts';
import type { Call, OwnEffects } from '../../host/runtime/fault-injection/interceptor.ts';
import type { Step } from '../../host/runtime/fault-injection/schedule.ts';
import { mailOperations } from '../support/made-up-interface.ts';

const { connect, send, list } = mailOperations.operations;

/** An error as the interface hands it to a component. */
class MailError extends Error {
  readonly case: string;

  constructor(error: string | undefined, message: string) {
    super(message);
    this.case = error ?? 'unknown';
  }
}

function callOf(operation: Call['operation'], items: readonly string[] = [], request = 1): Call {
  const subject = `${operation.name} ${items.join(',')}`;
  return {
    request,
    operation,
    target: 'example.com',
    items,
    failure: (error, message) => new MailError(error, message),
    text: (result) => `${subject} → ${result}`,
    failedText: (reason) => `${subject} → ${reason}`,
  };
}

function fault(given: Partial<FaultSpec>): FaultSpec {
  return {
    seed: '1',
    counts: new FaultCounts().buffer,
    interface: 'demo:mail',
    operations: undefined,
    target: undefined,
    item: undefined,
    after: 0,
    times: Number.POSITIVE_INFINITY,
    probability: 1,
    delay: undefined,
    error: undefined,
    message: undefined,
    drop: undefined,
    own: undefined,
    ...given,
  };
}

function injectionOf(...specs: readonly FaultSpec[]) {
  const injection = new FaultInjection(
    () => {},
    () => {},
  );
  injection.faults.replace(specs);
  return injection;
}

test('a fault happens to the operations of its interface, at the target and the item that it names', async () => {
  const injection = injectionOf(fault({ error: 'bounced', target: 'example.com', item: /^a/ }));
  const made: string[] = [];
  const make = (call: Call) => injection.make(call, () => made.push(call.operation.name));
  await expect(make(callOf(send, ['ann']))).rejects.toMatchObject({
    case: 'bounced',
    message: "send of mailbox 'ann' in host 'example.com' failed (a fault of the test)",
  });
  await make(callOf(send, ['bob']));
  await make({ ...callOf(send, ['ann']), target: 'example.org' });
  await make({ ...callOf(send, ['ann']), operation: { ...send, interface: 'demo:other' } });
  expect(made).toEqual(['send', 'send', 'send']);
});

test('opening fails only where a fault names it', async () => {
  const every = injectionOf(fault({ error: 'bounced' }));
  await expect(every.make(callOf(connect), () => 'open')).resolves.toBe('open');
  await expect(every.make(callOf(list), () => 'list')).rejects.toMatchObject({ case: 'bounced' });
  const named = injectionOf(fault({ operations: ['connect'], error: 'bounced' }));
  await expect(named.make(callOf(connect), () => 'open')).rejects.toMatchObject({
    message: "connect of host 'example.com' failed (a fault of the test)",
  });
});

test('what only the interface can do to an operation is left to it, and it hears when that may happen', async () => {
  const injection = injectionOf();
  const heard: (readonly OwnEffects[])[] = [];
  injection.onFaults((effects) => heard.push(effects));
  injection.faults.replace([
    fault({ operations: ['list'], own: { late: true } }),
    fault({ delay: { least: 1, most: 1 } }),
  ]);
  expect(heard).toEqual([[{ late: true }]]);
  expect(await injection.make(callOf(list), (effects) => effects)).toEqual([{ late: true }]);
  expect(await injection.make(callOf(send), (effects) => effects)).toEqual([]);
  injection.faults.replace([]);
  expect(heard.at(-1)).toEqual([]);
});

test('an answer is lost after the operation was made', async () => {
  const injection = injectionOf(fault({ drop: 'after-apply' }));
  let isMade = false;
  const call = injection.make(callOf(send, ['ann']), () => {
    isMade = true;
  });
  await expect(call).rejects.toMatchObject({
    case: 'unknown',
    message: expect.stringContaining('the answer was lost'),
  });
  expect(isMade).toBe(true);
});

test('operations of two requests are made in the order of a schedule, whatever their interface is', async () => {
  const steps: Step[] = [];
  const injection = new FaultInjection(
    (step) => steps.push(step),
    () => {},
  );
  injection.follow({ requests: 2, first: [1, 0] });
  injection.began(7);
  injection.began(8);
  const order: string[] = [];
  const make = async (request: number, name: string) => {
    await injection.make(callOf(connect, [], request), () => {});
    await injection.make(callOf(send, [name], request), () => order.push(name));
    injection.ended(request);
  };
  await Promise.all([make(7, 'first'), make(8, 'second')]);
  expect(order).toEqual(['second', 'first']);
  expect(steps.map(({ text }) => text)).toEqual(['send second → 1', 'send first → 2']);
});
