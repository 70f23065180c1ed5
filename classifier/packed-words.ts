// Ascending words in little room: a capital letter begins each and says how many letters it shares with the word before
// it, `A` none. Compression has no such idea of order, and folded words have no capitals. The writer is train/word-packer.ts.

export const FIRST_LETTER = 'A'.charCodeAt(0);

export function unpackWords(packed: string): readonly string[] {
  let word = '';
  return (packed.match(/[A-Z][^A-Z]*/g) ?? []).map((step) => {
    word = word.slice(0, step.charCodeAt(0) - FIRST_LETTER) + step.slice(1);
    return word;
  });
}
