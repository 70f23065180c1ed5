// Watches the text of every body of one generation: whatever has the same id must have the same bytes, on
// every connection, before and after every restart.

const COMMENTS = /^(?::[^\n]*\n)+/;
const ID = /^id: (.*)$/m;

export class WireTap {
  readonly #blocks = new Map<string, string>();

  saw(chunk: string): void {
    for (const block of chunk.split('\n\n')) {
      const bytes = block.replace(COMMENTS, '');
      const id = ID.exec(bytes)?.[1];
      if (id === undefined) continue;
      const before = this.#blocks.get(id);
      if (before === undefined) this.#blocks.set(id, bytes);
      else if (before !== bytes) throw new Error(`two forms of ${id}:\n${before}\n---\n${bytes}`);
    }
  }
}
