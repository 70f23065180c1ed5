// Word problems put together for this project, graded by the steps they take. The measured sources say that sums are harder
// than small talk; they hardly say what makes one sum harder than the next. The grades are the author's belief, not a
// measurement.

import { NAMES, STEPS, THINGS } from './word-problem-texts.ts';
import { assumedGain, type Row } from './rows.ts';
import { seededRandom, type Random } from './seeded-random.ts';

const ROWS = 600;
const WEIGHT = 0.6;

/** A problem without a step is as good as solved; each step takes away so much. */
const WORD_PROBLEM = { start: 0.96, perStep: 0.075, least: 0.25 } as const;
const MOST_STEPS = 6;

export function wordProblemRows(): readonly Row[] {
  const random = seededRandom(47);
  return Array.from({ length: ROWS }, (_, index) => wordProblem(1 + (index % MOST_STEPS), random, index));
}

function wordProblem(steps: number, random: Random, index: number): Row {
  const [name, friend] = [oneOf(NAMES, random), oneOf(NAMES, random)];
  const thing = oneOf(THINGS, random);
  const fill = (text: string): string =>
    text
      .replaceAll('NAME', name)
      .replaceAll('FRIEND', friend)
      .replaceAll('THINGS', thing)
      .replaceAll(/\bN\b/g, () => String(2 + Math.floor(random() * 48)))
      .replaceAll(/\bP\b/g, () => String(5 * (1 + Math.floor(random() * 16))));
  const chosen = Array.from({ length: steps }, () => STEPS.steps[Math.floor(random() * STEPS.steps.length)]);
  const weight = chosen.reduce((sum, step) => sum + (step?.weight ?? 1), 0);
  const sentences = [
    oneOf(STEPS.starts, random),
    ...chosen.map((step) => step?.text ?? ''),
    oneOf(STEPS.questions, random),
  ];
  const label = Math.max(WORD_PROBLEM.least, WORD_PROBLEM.start - WORD_PROBLEM.perStep * weight);
  return row(fill(sentences.join(' ')), label, `word-problem/${index}`);
}

function oneOf(values: readonly string[], random: Random): string {
  return values[Math.floor(random() * values.length)] ?? '';
}

function row(text: string, label: number, group: string): Row {
  return {
    text,
    label,
    gain: assumedGain(label),
    weight: WEIGHT,
    group,
    source: 'word problem',
    measured: false,
  };
}
