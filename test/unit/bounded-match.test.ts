import { expect, test } from 'vitest';
import { boundedMatch } from '../../host/shared/bounded-match.ts';

test.for([
  [/^a+$/, 'aaa', true],
  [/^a+$/, 'ab', false],
  [/^(a|b)+c*$/u, 'ababcc', true],
  [/(\d+)-\1/, '12-13', false],
  [/a.*b.*c/s, `a${'x\n'.repeat(5000)}bc`, true],
  [/b/g, 'ab', true],
] as const)('%s in %j', ([pattern, text, matches]) => {
  pattern.lastIndex = 2;
  expect(boundedMatch(pattern, text, 5000)).toEqual({ matches });
  expect(boundedMatch(pattern, text, 5000)).toEqual({ matches });
});

test.for([
  [/^(a+)+$/u, `${'a'.repeat(60)}!`],
  [/^(?:a|a)(?:a|a)*$/, `${'a'.repeat(60)}!`],
  [/x*x*x*x*x*y/, 'x'.repeat(5000)],
] as const)('%s is given up', ([pattern, text]) => {
  const begun = performance.now();
  const match = boundedMatch(pattern, text, 200);
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(match).toEqual({
    why: `the pattern ${pattern} took longer than 0.2 s on ${text.length} characters. Write one with fewer ways to match the same text.`,
  });
  expect(boundedMatch(/^a+b+$/, 'aabb', 200)).toEqual({ matches: true });
});
