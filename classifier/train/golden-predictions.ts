// Exact outputs of the artefact for a fixed list of prompts: a test compares them bit for bit, so a change of the
// runtime that shifts any prediction cannot pass as a refactoring. Written by the trainer, together with the artefact.

import { classify } from '../classify.ts';
import type { Model } from '../model.ts';
import { obviousPrompts } from './obvious-prompts.ts';

export type GoldenPrediction = { readonly turns: readonly string[]; readonly probability: number };

const SPECIAL: readonly (readonly string[])[] = [
  [],
  [''],
  ['\u{1f600}\ud800 lone'],
  ['Prove the mean value theorem.', 'yes, do it'],
  ['What is the capital of Cuba?', 'go on'],
  ['<environment_details>deadlock in /srv/app</environment_details>hello'],
  ['| a | b |\n|---|---|\n'.repeat(400)],
];

/** Conversations of two turns among the golden ones. */
const PAIRS = 60;

export function goldenPredictions(model: Model): readonly GoldenPrediction[] {
  const single = obviousPrompts().map(({ text }) => [text]);
  const pairs = single.slice(0, PAIRS).map((turns, index) => [...turns, ...(single.at(-1 - index) ?? [])]);
  const turnLists = [...SPECIAL, ...single, ...pairs];
  return turnLists.map((turns) => ({ turns, probability: classify(model, turns).probability }));
}
