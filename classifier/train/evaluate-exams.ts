// RouteLLM's three evaluation sets, which nothing was trained on: the shipped classifier beside every baseline.

import { BASELINES } from './baselines.ts';
import { Bootstrap, type Interval } from './bootstrap.ts';
import type { Goal, Judgement, Section } from './evaluation-section.ts';
import { figure, share, signedFigure, table } from './evaluation-table.ts';
import {
  apgrLead,
  randomFigures,
  routingIntervals,
  singleModelScore,
  type RoutingIntervals,
  type RoutingItem,
} from './routing-metrics.ts';
import { mean, readScored, type Scored } from './rows.ts';

type Exam = {
  readonly name: string;
  readonly source: string;
  readonly leastApgr: number;
  /** Fewer for the set that is large: its intervals settle sooner, and each resample costs its size. */
  readonly resamples: number;
  readonly lots: number;
};

const EXAMS: readonly Exam[] = [
  { name: 'MT-Bench', source: 'rl_mtbench', leastApgr: 0.78, resamples: 1000, lots: 2000 },
  { name: 'MMLU', source: 'rl_mmlu', leastApgr: 0.59, resamples: 200, lots: 200 },
  { name: 'GSM8K', source: 'rl_gsm8k', leastApgr: 0.6, resamples: 1000, lots: 1000 },
];

const PRODUCT = 'edgeways';

export function examSection({ folder, edgeProbability, expectedGain }: Judgement): Section {
  const evaluation = readScored(folder, 'routellm_eval');
  const rows = [['set', 'router', 'APGR', 'CPT50', 'CPT80', 'mean score at c = 50 %']];
  const goals: Goal[] = [];
  for (const exam of EXAMS) {
    const prompts = evaluation.filter(({ source }) => source === exam.source);
    const bootstrap = new Bootstrap(prompts.length, exam.resamples);
    const product = itemsOf(prompts, (text) => 1 - edgeProbability(text));
    const shipped = routingIntervals(product, bootstrap);
    const set = `${exam.name} (${prompts.length})`;
    rows.push(
      [set, PRODUCT, ...cells(shipped)],
      [
        set,
        `${PRODUCT}, by expected gain`,
        ...cells(routingIntervals(itemsOf(prompts, expectedGain), bootstrap)),
      ],
    );
    for (const { name, demand } of BASELINES)
      rows.push([set, name, ...cells(routingIntervals(itemsOf(prompts, demand), bootstrap))]);
    rows.push(
      [set, `random, ${exam.lots} draws`, ...cells(randomFigures(product, exam.lots))],
      [set, 'always the cloud (best single)', ...single(singleModelScore(product, 'strong', bootstrap))],
      [set, 'always the edge', ...single(singleModelScore(product, 'weak', bootstrap))],
    );
    goals.push({
      goal: `${exam.name} APGR ≥ ${exam.leastApgr}, zero-shot`,
      value: figure(shipped.apgr),
      met: shipped.apgr.value >= exam.leastApgr,
    });
    if (exam.name === 'MMLU') goals.push(lengthGoal(prompts, product, bootstrap));
  }
  return { lines: ['### RouteLLM’s sets, zero-shot', '', ...table(rows)], goals };
}

/** The lead is resampled as one figure: two overlapping intervals would not say which router is ahead. */
function lengthGoal(prompts: readonly Scored[], product: readonly RoutingItem[], bootstrap: Bootstrap): Goal {
  const lead = apgrLead(
    product,
    itemsOf(prompts, (text) => text.length),
    bootstrap,
  );
  return { goal: 'MMLU APGR beats prompt length', value: signedFigure(lead), met: lead.value > 0 };
}

function itemsOf(prompts: readonly Scored[], demand: (text: string) => number): readonly RoutingItem[] {
  return prompts.map(({ prompt, weak, strong }) => ({
    demand: demand(prompt),
    weak: mean(weak),
    strong: mean(strong),
  }));
}

function cells({ apgr, cpt50, cpt80, score }: RoutingIntervals): readonly string[] {
  return [figure(apgr), share(cpt50), share(cpt80), figure(score)];
}

function single(score: Interval): readonly string[] {
  return ['–', '–', '–', figure(score)];
}
