// Whether a text is an evaluation prompt, word for word or nearly: no row like that may be trained on.
// Writing without spaces (Chinese, Japanese, Thai) is compared phrase by phrase, which finds copies, not rewordings.

import { counterfactualPairs, obviousPrompts, perturbationPrompts } from './evaluation-prompts.ts';

/** Shared words over all words of two texts. Above it one is the other reworded; unrelated prompts stay far below. */
const NEARLY_THE_SAME = 0.8;

export function evaluationTexts(): readonly string[] {
  return [
    ...obviousPrompts().map(({ text }) => text),
    ...counterfactualPairs().flatMap(({ edge, cloud }) => [edge, cloud]),
    ...perturbationPrompts().map(({ text }) => text),
  ];
}

/** Case, width, punctuation and spacing do not make another prompt; signs of arithmetic do. */
export function comparable(text: string): string {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}+√^=<>]+/gu) ?? []
  ).join(' ');
}

/** The test for one set of prompts, indexed once by word. */
export function overlapWith(prompts: readonly string[]): (text: string) => boolean {
  const sizes: number[] = [];
  const promptsByWord = new Map<string, number[]>();
  for (const [prompt, text] of prompts.entries()) {
    const words = wordsOf(text);
    sizes.push(words.size);
    for (const word of words) {
      const holders = promptsByWord.get(word);
      if (holders === undefined) promptsByWord.set(word, [prompt]);
      else holders.push(prompt);
    }
  }
  return (text) => {
    const words = wordsOf(text);
    const shared = new Uint16Array(sizes.length);
    for (const word of words)
      for (const prompt of promptsByWord.get(word) ?? []) shared[prompt] = (shared[prompt] ?? 0) + 1;
    return sizes.some((size, prompt) => isNearly(shared[prompt] ?? 0, size + words.size));
  };
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(
    comparable(text)
      .split(' ')
      .filter((word) => word !== ''),
  );
}

function isNearly(shared: number, bothSizes: number): boolean {
  return shared > 0 && shared >= NEARLY_THE_SAME * (bothSizes - shared);
}
