// The names in one blob, each once, with small numbers that stand for them.

export class NameTable {
  readonly #names: string[];
  readonly #refs = new Map<string, number>();

  constructor(text = '[]') {
    this.#names = JSON.parse(text) as string[]; // written by `text`
  }

  /** Given to names in the order in which they are asked for. */
  refOf(name: string): number {
    let ref = this.#refs.get(name);
    if (ref === undefined) this.#refs.set(name, (ref = this.#names.push(name) - 1));
    return ref;
  }

  nameOf(ref: number): string {
    return this.#names[ref] ?? '';
  }

  get text(): string {
    return JSON.stringify(this.#names);
  }
}
