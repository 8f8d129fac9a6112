import { describe, expect, test } from 'vitest';
import { Fields } from '../../host/interfaces/http/fields.ts';
import { OutgoingRequest } from '../../host/interfaces/http/outgoing-request.ts';
import { RequestTarget } from '../../host/interfaces/http/request-target.ts';
import { Holdings } from '../../host/runtime/worker/holdings.ts';

const refused = { payload: undefined };

function thrown(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('what a guest asks for', () => {
  test.for([
    ['method', { tag: 'other', val: 'GE T' }, { tag: 'other', val: 'PURGE' }],
    ['method', { tag: 'other' }, { tag: 'put' }],
    ['pathWithQuery', '/a\r\nb', '/a?b=c'],
    ['scheme', { tag: 'other', val: 'a b' }, { tag: 'other', val: 'coap' }],
    ['authority', 'a b', 'localhost:8000'],
  ] as const)('%s: %j is refused and changes nothing, %j is kept', ([part, bad, good]) => {
    const target = new RequestTarget();
    Object.assign(target, { [part]: good });
    expect(thrown(() => Object.assign(target, { [part]: bad }))).toEqual(refused);
    expect(target[part]).toEqual(good);
  });

  test('is a GET of nothing where it says nothing', () => {
    const { method, pathWithQuery, scheme, authority } = new RequestTarget();
    expect({ method, pathWithQuery, scheme, authority }).toEqual({
      method: { tag: 'get' },
      pathWithQuery: undefined,
      scheme: undefined,
      authority: undefined,
    });
  });

  test('is held to the same in an outgoing request', () => {
    const request = new OutgoingRequest(new Fields(new Holdings()));
    expect(thrown(() => request.setPathWithQuery('/a\r\nb'))).toEqual(refused);
    expect(thrown(() => request.setAuthority('a b'))).toEqual(refused);
    request.setPathWithQuery('/a');
    expect(request.pathWithQuery()).toBe('/a');
  });
});
