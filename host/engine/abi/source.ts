/** JavaScript that is being written: statements, and names for what they compute. */
export class Source {
  readonly #lines: string[] = [];
  #temporaries = 0;

  line(text: string): void {
    this.#lines.push(text);
  }

  /** A new name. */
  name(): string {
    this.#temporaries += 1;
    return `t${this.#temporaries}`;
  }

  /** Computes an expression once and answers its name. */
  constant(expression: string): string {
    const name = this.name();
    this.line(`const ${name} = ${expression};`);
    return name;
  }

  /** One branch for each case, by a discriminant; `otherwise` is a statement. */
  select(
    on: string,
    cases: readonly (readonly [label: string, write: () => void])[],
    otherwise: string,
  ): void {
    this.line(`switch (${on}) {`);
    for (const [label, write] of cases) {
      this.line(`case ${label}: {`);
      write();
      this.line('break; }');
    }
    this.line(`default: ${otherwise} }`);
  }

  toString(): string {
    return this.#lines.join('\n');
  }
}

/** A property or a text from WIT, as a literal: labels come from the component's binary. */
export function literal(text: string): string {
  return JSON.stringify(text);
}

/** An offset added to a pointer expression. */
export function plus(pointer: string, offset: number): string {
  return offset === 0 ? pointer : `${pointer} + ${offset}`;
}
