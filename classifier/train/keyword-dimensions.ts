// What the two published rule routers share: a prompt is scored along dimensions, each a list of words whose hits are
// counted and turned into one of three scores; the weighted sum is cut into tiers. Only the sum and its cut live here.

/** `score.some` from `least` hits on, `score.many` from `most` hits on, else 0. Each word counts once. */
export type KeywordDimension = {
  readonly weight: number;
  readonly words: readonly string[];
  readonly hits: { readonly least: number; readonly most: number };
  readonly score: { readonly some: number; readonly many: number };
};

/** How a word is looked for in a lower-cased text. */
export type WordMatch = (text: string, word: string) => boolean;

export function weightedScore(
  text: string,
  dimensions: readonly KeywordDimension[],
  matches: WordMatch,
): number {
  return dimensions.reduce((sum, { weight, words, hits, score }) => {
    const found = countWords(text, words, matches);
    if (found >= hits.most) return sum + weight * score.many;
    return found >= hits.least ? sum + weight * score.some : sum;
  }, 0);
}

export function countWords(text: string, words: readonly string[], matches: WordMatch): number {
  return words.reduce((count, word) => count + (matches(text, word) ? 1 : 0), 0);
}

/** Words written apart by commas, any white space around them. */
export function wordList(words: string): readonly string[] {
  return words
    .split(',')
    .map((word) => word.trim().replaceAll(/\s+/g, ' '))
    .filter((word) => word !== '');
}

/** −1 for a short prompt, 1 for a long one, 0 between. Tokens as both routers estimate them: four characters each. */
export function lengthScore(text: string, tokens: { readonly short: number; readonly long: number }): number {
  const estimated = text.length / 4;
  if (estimated < tokens.short) return -1;
  return estimated > tokens.long ? 1 : 0;
}
