/** One thing that was measured. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is wanted to be. */
  readonly wanted: { readonly atMost: number } | { readonly atLeast: number };
}

export function isMet({ value, wanted }: Figure): boolean {
  return 'atMost' in wanted ? value <= wanted.atMost : value >= wanted.atLeast;
}

/** Such as `slowest request during a reload  69 ms  at most 200  met`. */
export function figureLine(figure: Figure): string {
  const { name, value, unit, wanted } = figure;
  const shown = value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  const target = 'atMost' in wanted ? `at most ${wanted.atMost}` : `at least ${wanted.atLeast}`;
  return `${name.padEnd(66)} ${`${shown} ${unit}`.padStart(12)}  ${target.padEnd(14)} ${isMet(figure) ? 'met' : 'MISSED'}`;
}
