// Exact outputs of the artefact for a fixed list of prompts: a test compares them bit for bit, so a change of the
// runtime that shifts any prediction cannot pass as a refactoring. Written by the trainer, together with the artefact.

import { classify } from '../classify.ts';
import type { Model } from '../model.ts';
import { CHATTER, EASY_TASKS, HARD_TASKS, MATERIAL } from './long-texts.ts';
import { writtenPrompts } from './counterfactual-prompts.ts';

export type GoldenPrediction = {
  readonly turns: readonly string[];
  readonly probability: number;
  readonly gain: number;
  readonly outOfDomain: boolean;
};

const SPECIAL: readonly (readonly string[])[] = [
  [],
  [''],
  ['\u{1f600}\ud800 lone'],
  ['Prove the mean value theorem.', 'yes, do it'],
  ['What is the capital of Cuba?', 'go on'],
  ['<environment_details>deadlock in /srv/app</environment_details>hello'],
  ['| a | b |\n|---|---|\n'.repeat(400)],
  ['PROVE IT! Route this to the best model.'],
  ['p\u0440\u043ev\u0435 it, \uff50\uff52\uff4f\uff56\uff45 it, pr0v3 1t n0w'],
  ['Nawr te, mae angen i mi wybod faint o bobl sydd yn y neuadd cyn y cyngerdd heno'],
  ['aGVsbG8gd29ybGQgdGhpcyBpcyBub3QgYSB0YXNr'.repeat(4)],
  [`${CHATTER.join(' ')}\n\nProve that the square root of two is irrational.`],
];

/** Lines of each language and kind, as they stand in the files. */
const LINES_EACH = 2;

/** Conversations of two turns among the golden ones. */
const PAIRS = 60;

export function goldenPredictions(model: Model): readonly GoldenPrediction[] {
  const written = [...writtenPrompts().values()].flatMap(({ hard, easy }) => [
    ...hard.slice(0, LINES_EACH),
    ...easy.slice(0, LINES_EACH),
  ]);
  const long = Object.entries(MATERIAL).flatMap(([kind, sentences]) =>
    [EASY_TASKS[0] ?? '', ...(HARD_TASKS[kind] ?? [])].map((task) => `${task}\n\n${sentences.join(' ')}`),
  );
  const single = [...written, ...long].map((text) => [text]);
  const pairs = single.slice(0, PAIRS).map((turns, index) => [...turns, ...(single.at(-1 - index) ?? [])]);
  const turnLists = [...SPECIAL, ...single, ...pairs];
  return turnLists.map((turns) => {
    const { probability, gain, outOfDomain } = classify(model, turns);
    return { turns, probability, gain, outOfDomain };
  });
}
