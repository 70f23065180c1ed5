// MMLU with 1,500 labels of its own: a throw-away model on top of the shipped classifier's opinion, tested on the rest.
// The only place where evaluation rows are learnt from; what is learnt is gone when the report is printed.

import { Bootstrap, percentiles, type Interval } from './bootstrap.ts';
import type { Judgement, Section } from './evaluation-section.ts';
import { figure, table } from './evaluation-table.ts';
import { fitFewShot, type Labelled } from './few-shot.ts';
import { describe } from './few-shot-features.ts';
import { apgrFigure, routingFigures, type RoutingItem } from './routing-metrics.ts';
import { mean, readScored } from './rows.ts';
import { seededRandom, shuffle } from './seeded-random.ts';

const LABELS = 1500;

const LEAST_APGR = 0.62;

/** Which 1,500 are labelled moves the result by some hundredths, so one draw would be a matter of luck. */
const SEEDS: readonly number[] = [1, 2, 3, 4, 5];

/** Of each seed's test rows. All seeds' resamples together carry both kinds of luck: which labels, which questions. */
const RESAMPLES = 200;

type Question = Labelled & {
  readonly length: number;
  readonly edge: number;
  readonly weak: number;
  readonly strong: number;
};

/** Names of the routers compared, and what each ranks by once the labels are known. */
type Ranking = { readonly name: string; readonly demand: (question: Question) => number };

export function fewShotSection({ folder, edgeProbability }: Judgement): Section {
  const questions = readScored(folder, 'routellm_eval')
    .filter(({ source }) => source === 'rl_mmlu')
    .map((scored): Question => {
      const edge = logit(edgeProbability(scored.prompt));
      const [weak, strong] = [mean(scored.weak), mean(scored.strong)];
      return {
        described: describe(scored.prompt, [edge]),
        gain: strong - weak,
        length: scored.prompt.length,
        edge,
        weak,
        strong,
      };
    });
  const results = new Map<string, { readonly values: number[]; readonly draws: number[] }>();
  for (const seed of SEEDS) {
    const order = Uint32Array.from(questions, (_, index) => index);
    shuffle(order, seededRandom(seed));
    const shuffled = [...order].flatMap((index) => questions[index] ?? []);
    const test = shuffled.slice(LABELS);
    const bootstrap = new Bootstrap(test.length, RESAMPLES);
    for (const { name, demand } of rankings(shuffled.slice(0, LABELS))) {
      const result = results.get(name) ?? { values: [], draws: [] };
      results.set(name, result);
      const items: readonly RoutingItem[] = test.map((question) => ({
        demand: demand(question),
        weak: question.weak,
        strong: question.strong,
      }));
      result.values.push(routingFigures(items).apgr);
      result.draws.push(...bootstrap.draws(apgrFigure(items)));
    }
  }
  return sectionOf(results, questions.length);
}

function rankings(labelled: readonly Question[]): readonly Ranking[] {
  const predictGain = fitFewShot(labelled);
  return [
    { name: `with ${LABELS} labels`, demand: ({ described }) => predictGain(described) },
    { name: 'zero-shot, same questions', demand: ({ edge }) => -edge },
    { name: 'prompt length, same questions', demand: ({ length }) => length },
  ];
}

function sectionOf(
  results: ReadonlyMap<string, { readonly values: readonly number[]; readonly draws: readonly number[] }>,
  questions: number,
): Section {
  const rows = [['router', 'APGR', 'least and most of the draws']];
  const means: Interval[] = [];
  for (const [name, { values, draws }] of results) {
    const value = values.reduce((sum, each) => sum + each, 0) / values.length;
    means.push({ value, ...percentiles(draws) });
    const range = `${Math.min(...values).toFixed(3)} – ${Math.max(...values).toFixed(3)}`;
    rows.push([name, figure({ value, ...percentiles(draws) }), range]);
  }
  const [learnt] = means;
  if (learnt === undefined) throw new Error('few-shot evaluation: no seeds');
  return {
    lines: [
      `### MMLU with ${LABELS} in-domain labels`,
      '',
      `Mean of ${SEEDS.length} seeded draws of the labels, each tested on the other ${questions - LABELS} questions.`,
      '',
      ...table(rows),
    ],
    goals: [
      {
        goal: `MMLU APGR ≥ ${LEAST_APGR} with ${LABELS} in-domain labels`,
        value: figure(learnt),
        met: learnt.value >= LEAST_APGR,
      },
    ],
  };
}

/** Keeps the logit finite should a model ever be certain. */
const LEAST_DOUBT = 1e-6;

function logit(probability: number): number {
  const kept = Math.min(1 - LEAST_DOUBT, Math.max(LEAST_DOUBT, probability));
  return Math.log(kept / (1 - kept));
}
