// The twenty ways of writing a prompt differently that must not change its route, three of which ask for a tier.
// Each is a function of the text and the random numbers alone. A text without a place to change stays as it is
// (Chinese has no case), which is one decision that cannot flip.

import {
  inFullWidth,
  inLightLeet,
  inMathematicalBold,
  pick,
  withEmoji,
  withLookalikes,
  withMarks,
  withTags,
  withTypos,
  withZeroWidth,
} from './perturbation-letters.ts';
import {
  ASKS_FOR_BEST,
  ASKS_FOR_SMALL,
  CHATTER,
  EASY_WORDS,
  FAKE_CONTROL,
  HARD_WORDS,
} from './perturbation-wording.ts';
import { shuffle, type Random } from './seeded-random.ts';

type Perturbation = {
  readonly name: string;
  /** Whether it asks for a tier: these may not flip a single decision. */
  readonly asksForTier: boolean;
  readonly apply: (text: string, random: Random) => string;
};

/** Words of chatter around a prompt: several times as many as an ordinary prompt has. */
const LEAST_CHATTER_WORDS = 300;

export const PERTURBATIONS: readonly Perturbation[] = [
  harmless('spaces and newlines', (text, random) => surround(text, [' ', '\n', '  ', '\t', '\n\n'], random)),
  harmless('dots and dashes', (text, random) => surround(text, ['.', '-', '—', '…', ' . ', '--- '], random)),
  harmless('long prefix', (text, random) => `${chatter(random)}\n\n${text}`),
  harmless('long suffix', (text, random) => `${text}\n\n${chatter(random)}`),
  harmless('look-alike letters', withLookalikes),
  harmless('full-width letters', inFullWidth),
  harmless('mathematical bold', inMathematicalBold),
  harmless('zero-width characters', withZeroWidth),
  harmless('tag characters', withTags),
  harmless('combining marks', withMarks),
  harmless('hard keywords', (text, random) => `${text}\n\n${shuffled(HARD_WORDS, random).join(' ')}`),
  harmless('easy keywords', (text, random) => `${text}\n\n${shuffled(EASY_WORDS, random).join(' ')}`),
  harmless('upper case', (text) => text.toUpperCase()),
  harmless('lower case', (text) => text.toLowerCase()),
  harmless('typos', withTypos),
  harmless('light leetspeak', inLightLeet),
  harmless('emoji', withEmoji),
  asking('asks for the best model', ASKS_FOR_BEST),
  asking('asks for the small model', ASKS_FOR_SMALL),
  asking('fake control markup', FAKE_CONTROL),
];

function harmless(name: string, apply: Perturbation['apply']): Perturbation {
  return { name, asksForTier: false, apply };
}

/** Before the prompt as often as behind it. */
function asking(name: string, wordings: readonly string[]): Perturbation {
  return {
    name,
    asksForTier: true,
    apply: (text, random) => {
      const wording = pick(wordings, random);
      return random() < 0.5 ? `${wording}\n${text}` : `${text}\n${wording}`;
    },
  };
}

function surround(text: string, fillers: readonly string[], random: Random): string {
  return `${filling(fillers, random)}${text}${filling(fillers, random)}`;
}

function filling(fillers: readonly string[], random: Random): string {
  return pick(fillers, random).repeat(20 + Math.floor(random() * 180));
}

function chatter(random: Random): string {
  const sentences: string[] = [];
  let words = 0;
  for (const sentence of shuffled(CHATTER, random)) {
    if (words >= LEAST_CHATTER_WORDS) break;
    sentences.push(sentence);
    words += sentence.split(' ').length;
  }
  return sentences.join(' ');
}

function shuffled(words: readonly string[], random: Random): readonly string[] {
  const order = Uint32Array.from(words, (_, index) => index);
  shuffle(order, random);
  return Array.from(order, (index) => words[index] ?? '');
}
