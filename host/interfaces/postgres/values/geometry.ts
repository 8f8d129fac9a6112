import { type Codec, parts, WrongValue } from './codec.ts';
import { float8, type HashableFloat } from './floats.ts';

/** `point`. */
export type Point = readonly [x: HashableFloat, y: HashableFloat];
type Points = readonly [start: Point, end: Point];

const number = '[^(),<>{}[\\]]+';
const pair = `\\((${number}),(${number})\\)`;
const pairs = new RegExp(pair, 'g');

export const point: Codec<Point> = {
  write: ([x, y]) => `(${float8.write(x)},${float8.write(y)})`,
  read: (text) => pointOf(parts(new RegExp(`^${pair}$`), text, 'point')),
};

/** The lower left and the upper right corner; PostgreSQL has them the other way round. */
export const box: Codec<Points> = {
  write: ([lower, upper]) => `${point.write(upper)},${point.write(lower)}`,
  read(text) {
    const [upper, lower] = twoOf(text, 'box');
    return [lower, upper];
  },
};

export const lseg: Codec<Points> = {
  write: (points) => `[${pointsText(points)}]`,
  read: (text) => twoOf(text, 'line segment'),
};

/** PostgreSQL keeps a line as the numbers of an equation, of which two points are answered. */
export const line: Codec<Points> = {
  write: (points) => `[${pointsText(points)}]`,
  read(text) {
    const found = parts(new RegExp(`^\\{(${number}),(${number}),(${number})\\}$`), text, 'line');
    const [a = 0, b = 0, c = 0] = found.map(Number);
    const at = (x: number, y: number): Point => [float8.read(String(x)), float8.read(String(y))];
    return b === 0 ? [at(-c / a, 0), at(-c / a, 1)] : [at(0, -c / b), at(1, -(a + c) / b)];
  },
};

export const circle: Codec<readonly [center: Point, radius: HashableFloat]> = {
  write: ([center, radius]) => `<${point.write(center)},${float8.write(radius)}>`,
  read(text) {
    const [x, y, radius] = parts(new RegExp(`^<${pair},(${number})>$`), text, 'circle');
    return [pointOf([x, y]), float8.read(radius ?? '')];
  },
};

/** Written as an open one, as wash does; whether one is closed can't be said. */
export const path: Codec<readonly Point[]> = {
  write: (points) => `[${pointsText(required(points))}]`,
  read: pointsOf,
};

export const polygon: Codec<readonly Point[]> = {
  write: (points) => `(${pointsText(required(points))})`,
  read: pointsOf,
};

function required(points: readonly Point[]): readonly Point[] {
  if (points.length === 0) throw new WrongValue('it has no points');
  return points;
}

function pointsText(points: readonly Point[]): string {
  return points.map((one) => point.write(one)).join(',');
}

function pointsOf(text: string): Point[] {
  return Array.from(text.matchAll(pairs), ([, x, y]) => pointOf([x, y]));
}

function twoOf(text: string, what: string): Points {
  const [start, end] = pointsOf(text);
  if (start === undefined || end === undefined) throw new WrongValue(`it is no ${what}`);
  return [start, end];
}

function pointOf([x = '', y = '']: readonly (string | undefined)[]): Point {
  return [float8.read(x), float8.read(y)];
}
