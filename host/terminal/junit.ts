import { escapedMarkup } from '../shared/escaped-markup.ts';
import type { CaseResult } from './case-result.ts';

/** Results as JUnit XML, as CI servers read it. @param properties what is to be told of groups, by their names */
export function junitXml(
  name: string,
  results: readonly CaseResult[],
  properties: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map(),
): string {
  const groups = Map.groupBy(results, ({ group }) => group);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name, ...counts(results) })}>`,
    ...[...groups].flatMap(([group, cases]) => [
      `  <testsuite${attributes({ name: group, ...counts(cases) })}>`,
      ...propertyLines(properties.get(group) ?? {}),
      ...cases.flatMap((result) => testcase(name, result)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function propertyLines(given: Readonly<Record<string, string>>): string[] {
  const lines = Object.entries(given).map(
    ([name, value]) => `      <property${attributes({ name, value })}/>`,
  );
  return lines.length === 0 ? [] : ['    <properties>', ...lines, '    </properties>'];
}

function testcase(
  classname: string,
  { group, name, outcome, milliseconds, reason = '' }: CaseResult,
): string[] {
  const start = `    <testcase${attributes({ classname: `${classname}.${group}`, name, time: seconds(milliseconds) })}`;
  if (outcome === 'passed') return [`${start}/>`];
  if (outcome === 'skipped')
    return [`${start}>`, `      <skipped${attributes({ message: reason })}/>`, '    </testcase>'];
  const [message = ''] = reason.split('\n');
  const failure = `      <failure${attributes({ message })}>${escaped(reason)}</failure>`;
  return [`${start}>`, failure, '    </testcase>'];
}

function counts(results: readonly CaseResult[]) {
  const number = (wanted: CaseResult['outcome']): number =>
    results.filter(({ outcome }) => outcome === wanted).length;
  const time = seconds(results.reduce((sum, { milliseconds }) => sum + milliseconds, 0));
  return { tests: results.length, failures: number('failed'), skipped: number('skipped'), time };
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll(/[\t\n\r]/g, ' ')}"`)
    .join('');
}

/** XML has no way to write most control characters and halves of surrogate pairs. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return escapedMarkup(text.toWellFormed().replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd'));
}
