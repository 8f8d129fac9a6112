import { expect, test } from 'vitest';
import { random } from '../../host/interfaces/random/random.ts';
import { seededRandom, systemRandom } from '../../host/shared/random.ts';

/** What a component that draws these gets. */
function draw(seed?: string): unknown[] {
  const interfaces = random(seed === undefined ? systemRandom : seededRandom(seed));
  const call = (name: string, method: string, ...args: unknown[]): unknown => {
    const found = interfaces[name]?.[method];
    return typeof found === 'function' ? found(...args) : undefined;
  };
  return [
    call('wasi:random/random', 'getRandomU64'),
    call('wasi:random/random', 'getRandomBytes', 20n),
    call('wasi:random/insecure', 'getInsecureRandomU64'),
    call('wasi:random/insecure-seed', 'insecureSeed'),
  ];
}

test('the same seed gives the same numbers in the same order, another one others', () => {
  expect(draw('a')).toEqual(draw('a'));
  expect(draw('a')).not.toEqual(draw('b'));
  expect(draw('a')[0]).not.toEqual(draw('a')[2]);
  expect(draw('a')[1]).toHaveLength(20);
});

test('without a seed nobody can foresee them', () => {
  expect(draw()).not.toEqual(draw());
});
