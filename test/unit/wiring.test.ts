import { describe, expect, test } from 'vitest';
import { answering } from '../../host/component/answering.ts';
import type { ComponentFile } from '../../host/component/read.ts';
import { isCompatible } from '../../host/component/versions.ts';
import { importsOfHost, inOrder, type NamedComponent, nearMiss, wire } from '../../host/component/wiring.ts';

const handler = 'wasi:http/incoming-handler@0.2.0';

function made(name: string, imports: readonly string[], exports: readonly string[]): NamedComponent {
  const description: ComponentFile['description'] = {
    imports: imports.map((one) => ({ name: one, functions: new Map(), types: new Map() })),
    otherImports: [],
    exports,
    exported: [],
    link: { problem: 'not needed' },
  };
  return { name, file: { path: `/${name}.wasm`, bytes: new Uint8Array(), description } };
}

const route = (path: string, component: string) => ({ path, component, place: '.wash/config.yaml:4:5' });

describe('imports of one component', () => {
  test('are served by exports of another, and those after it come after it', () => {
    const components = [
      made('main', ['a:b/c@1.0.0', 'wasi:cli/environment@0.2.0'], [handler]),
      made('middle', ['a:b/d@1.0.0'], ['a:b/c@1.0.0']),
      made('last', [], ['a:b/d@1.0.0']),
    ];
    const wiring = wire(components);
    expect(inOrder(['main'], components, wiring).map(({ name }) => name)).toEqual(['last', 'middle', 'main']);
    expect(importsOfHost(components[0] ?? made('', [], []), wiring).map(({ name }) => name)).toEqual([
      'wasi:cli/environment@0.2.0',
    ]);
  });

  test.each([
    ['a:b/c@1.2.0', 'a:b/c@1.0.3', true],
    ['a:b/c@1.0.0', 'a:b/c@1.9.0', true],
    ['a:b/c@2.0.0', 'a:b/c@1.0.0', false],
    ['a:b/c@0.2.1', 'a:b/c@0.2.0', true],
    ['a:b/c@0.3.0', 'a:b/c@0.2.0', false],
    ['a:b/c@0.0.1', 'a:b/c@0.0.2', false],
    ['a:b/c@0.2.0-draft', 'a:b/c@0.2.0-draft', true],
    ['a:b/c@0.2.0-draft', 'a:b/c@0.2.0-draft2', false],
    ['a:b/c', 'a:b/c', true],
    ['a:b/c', 'a:b/c@1.0.0', false],
    ['a:b/d@1.0.0', 'a:b/c@1.0.0', false],
  ])('an export %s for an import %s: %s', (exported, imported, isRight) => {
    expect(isCompatible(exported, imported)).toBe(isRight);
  });

  test('the same version goes before one that is compatible', () => {
    const wiring = wire([
      made('main', ['a:b/c@1.0.0'], [handler]),
      made('newer', [], ['a:b/c@1.1.0']),
      made('same', [], ['a:b/c@1.0.0']),
    ]);
    expect(wiring.get('main')?.get('a:b/c@1.0.0')).toEqual({ name: 'same', export: 'a:b/c@1.0.0' });
  });

  test('what two export is an error only where somebody imports it', () => {
    const two = [made('one', [], ['a:b/c@1.0.0']), made('two', [], ['a:b/c@1.0.0'])];
    expect(() => wire([made('main', [], [handler]), ...two])).not.toThrow();
    expect(() => wire([made('main', ['a:b/c@1.0.0'], [handler]), ...two])).toThrow(
      'main imports a:b/c@1.0.0, which several components export: one (a:b/c@1.0.0) and two (a:b/c@1.0.0). Keep one',
    );
  });

  test('components that need one another in a circle are refused, so none calls the other for ever', () => {
    const circle = [
      made('main', ['a:b/ping@1.0.0'], [handler, 'a:b/pong@1.0.0']),
      made('other', ['a:b/pong@1.0.0'], ['a:b/ping@1.0.0']),
    ];
    expect(() => wire(circle)).toThrow(
      /in a circle.*\n {2}main imports a:b\/ping@1\.0\.0, which other exports\n {2}other imports a:b\/pong@1\.0\.0, which main exports\nMove what both need/,
    );
  });

  test('another version is named where nobody serves one', () => {
    const components = [made('main', ['a:b/c@1.0.0'], [handler]), made('other', [], ['a:b/c@2.0.0'])];
    expect(wire(components).get('main')?.size).toBe(0);
    expect(nearMiss('a:b/c@1.0.0', 'main', components)).toBe(
      'other exports a:b/c@2.0.0, which is no compatible version',
    );
  });
});

describe('requests are answered', () => {
  const answer = (components: readonly NamedComponent[], ...routes: ReturnType<typeof route>[]) =>
    answering(components, wire(components), routes);

  test('by the only component that exports the handler, main or not', () => {
    const beside = made('beside', [], [handler]);
    expect(answer([made('main', [], ['a:b/c']), beside])).toEqual({
      names: ['beside'],
      routes: [],
      warnings: [],
    });
  });

  test('by the one in front, where one handler calls the other', () => {
    const guard = made('guard', [handler], [handler]);
    expect(answer([made('main', [], [handler]), guard])).toMatchObject({
      names: ['guard', 'main'],
      routes: [],
    });
  });

  test('by the main one of several, with a word about the others', () => {
    expect(answer([made('main', [], [handler]), made('other', [], [handler])])).toEqual({
      names: ['main', 'other'],
      routes: [],
      warnings: [
        'other exports the HTTP handler, and no request from outside gets there; dev.routes can lead some to it, and other components reach it at http://other.internal',
      ],
    });
  });

  test('by those that routes name', () => {
    const components = [made('main', [], [handler]), made('other', [], [handler])];
    expect(answer(components, route('/api', 'other')).names).toEqual(['main', 'other']);
    const { names, routes } = answer(components, route('', 'other'), route('/m', 'main'));
    expect(names).toEqual(['other', 'main']);
    expect(routes).toEqual([
      { path: '', entry: 0 },
      { path: '/m', entry: 1 },
    ]);
  });

  test('by nobody: that is an error, with what to do', () => {
    const mute = made('main', [], ['a:b/c']);
    expect(() => answer([mute, made('other', [], [])])).toThrow('none of main, other exports wasi:http/');
    expect(() => answer([mute, made('one', [], [handler]), made('two', [], [handler])])).toThrow(
      'one and two export the HTTP handler, and the main component does not. Say in dev.routes who answers',
    );
    const both = [made('main', [], [handler]), made('billing', [], [])];
    expect(() => answer(both, route('/a', 'biling'))).toThrow(
      '.wash/config.yaml:4:5: dev.routes names "biling", which is no component. Did you mean billing?',
    );
    expect(() => answer(both, route('/a', 'billing'))).toThrow(
      'dev.routes names billing, which exports no HTTP handler. Name one that does: main.',
    );
  });
});
