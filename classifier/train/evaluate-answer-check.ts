// The answer-side check on recorded drafts, through the product's own `checkDraft`: Llama-3.1-8B drafts, another edge model gives
// its opinion, GPT-4o is the cloud. Only the raw outputs are judged; which of them are correct is looked at for the score
// alone. `node classifier/train/evaluate-answer-check.ts --data <folder>` prints the table by itself.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { agrees } from '../../policy/answer-check/agreement.ts';
import type { CheckedQuestion, Draft } from '../../policy/answer-check/draft.ts';
import { checkDraft } from '../../policy/answer-check/full-check.ts';
import type { DraftVerdict } from '../../protocol/answer-check.ts';
import { classify } from '../classify.ts';
import { loadModel } from '../model.ts';
import { Bootstrap, type Interval } from './bootstrap.ts';
import type { Goal } from './evaluation-section.ts';
import { figure, share, table } from './evaluation-table.ts';
import { routingIntervals, type RoutingItem, type RoutingIntervals } from './routing-metrics.ts';

const EDGE = 'Meta-Llama-3.1-8B-Instruct';
const OPINION = 'Phi-3.5-mini-instruct';
const CLOUD = 'gpt-4o-2024-08-06';

const GOAL = { apgr: 0.82, cpt80: 0.2 } as const;

type Recorded = {
  readonly prompt: string;
  /** Raw output and whether it is correct, by edge model. */
  readonly edge: ReadonlyMap<string, { readonly output: string; readonly isCorrect: boolean }>;
  readonly isCloudCorrect: boolean;
};

type Ranking = { readonly name: string; readonly demand: (recorded: Recorded) => number };

/** Markdown lines: how good each way of choosing is, and what the check found. */
export function answerCheckTable(folder: string): readonly string[] {
  const set = readCascade(folder);
  const bootstrap = new Bootstrap(set.length);
  const rows = [['who goes to the cloud first', 'APGR', 'CPT50', 'CPT80']];
  for (const { name, demand } of rankings(set)) {
    const { apgr, cpt50, cpt80 } = routingIntervals(itemsOf(set, demand), bootstrap);
    rows.push([name, figure(apgr), share(cpt50), share(cpt80)]);
  }
  rows.push(['random', '0.500', '50.0 %', '80.0 %']);
  const { sent, gained } = atItsVerdicts(set, bootstrap);
  return [
    `${set.length} questions; ${EDGE} drafts, ${CLOUD} is the cloud. Drafts that are bad go first; within the bad and`,
    'within the good ones the order is that of the prompt alone, unless the row says otherwise.',
    '',
    ...table(rows),
    '',
    `By its verdicts alone the check, with the opinion of ${OPINION}, sends ${share(sent)} to the cloud`,
    `and gains ${share(gained)} of what the cloud is better by.`,
    '',
    ...table(findings(set)),
  ];
}

/** What the product does: no ranking, the bad drafts go to the cloud. */
function atItsVerdicts(
  set: readonly Recorded[],
  bootstrap: Bootstrap,
): { readonly sent: Interval; readonly gained: Interval } {
  const items = itemsOf(set, (recorded) => badness(recorded, OPINION));
  const sum = (weights: Uint8Array, value: (item: RoutingItem) => number): number =>
    items.reduce((total, item, index) => total + (weights[index] ?? 0) * value(item), 0);
  const gain = ({ strong, weak }: RoutingItem): number => strong - weak;
  return {
    sent: bootstrap.interval((weights) => sum(weights, ({ demand }) => demand) / sum(weights, () => 1)),
    gained: bootstrap.interval(
      (weights) => sum(weights, (item) => item.demand * gain(item)) / sum(weights, gain),
    ),
  };
}

export function answerCheckGoals(folder: string): readonly Goal[] {
  const { apgr, cpt80 } = checkedFigures(readCascade(folder));
  return [
    goal(`Answer-side check, APGR ≥ ${GOAL.apgr}`, figure(apgr), apgr.value >= GOAL.apgr),
    goal(`Answer-side check, CPT80 ≤ ${100 * GOAL.cpt80} %`, share(cpt80), cpt80.value <= GOAL.cpt80),
  ];
}

function goal(name: string, value: string, met: boolean): Goal {
  return { goal: name, value, met };
}

function checkedFigures(set: readonly Recorded[]): RoutingIntervals {
  return routingIntervals(itemsOf(set, checkedThenPrompt(OPINION)), new Bootstrap(set.length));
}

function rankings(set: readonly Recorded[]): readonly Ranking[] {
  const others = [...(set[0]?.edge.keys() ?? [])].filter((model) => model !== EDGE && model !== OPINION);
  return [
    { name: `check, opinion of ${OPINION}`, demand: checkedThenPrompt(OPINION) },
    ...others.map((model) => ({ name: `check, opinion of ${model}`, demand: checkedThenPrompt(model) })),
    {
      name: `check, opinion of ${OPINION}, no order within`,
      demand: (recorded) => badness(recorded, OPINION),
    },
    {
      name: `check, opinion of ${OPINION}, longer drafts first within`,
      demand: (recorded) => badness(recorded, OPINION) + squash(outputOf(recorded, EDGE).length),
    },
    { name: 'check, no second opinion', demand: checkedThenPrompt(null) },
    { name: 'prompt alone', demand: promptDemand },
    { name: 'perfect self-check', demand: (recorded) => (isCorrect(recorded) ? 0 : 1) },
  ];
}

function checkedThenPrompt(opinion: string | null): Ranking['demand'] {
  return (recorded) => badness(recorded, opinion) + promptDemand(recorded);
}

/** 1 for a draft that the check does not show, so that the second key, below 1, orders the rest. */
function badness(recorded: Recorded, opinion: string | null): number {
  return verdictOf(recorded, opinion).type === 'bad' ? 1 : 0;
}

function verdictOf(recorded: Recorded, opinion: string | null): DraftVerdict {
  const second = opinion === null ? null : draft(outputOf(recorded, opinion));
  return checkDraft(questionFor(recorded), draft(outputOf(recorded, EDGE)), second);
}

/** How often a verdict is right, by verdict: what the ranking above is made of. */
function findings(set: readonly Recorded[]): readonly (readonly string[])[] {
  const counts = new Map<string, { drafts: number; correct: number }>();
  for (const recorded of set) {
    const name = findingOf(recorded);
    const count = counts.get(name) ?? { drafts: 0, correct: 0 };
    counts.set(name, {
      drafts: count.drafts + 1,
      correct: count.correct + (isCorrect(recorded) ? 1 : 0),
    });
  }
  const rows = [...counts]
    .toSorted((left, right) => right[1].drafts - left[1].drafts)
    .map(([name, { drafts, correct }]) => [
      name,
      String(drafts),
      `${Math.round((100 * correct) / drafts)} %`,
    ]);
  return [[`verdict with ${OPINION}`, 'drafts', 'of them correct'], ...rows];
}

function findingOf(recorded: Recorded): string {
  const verdict = verdictOf(recorded, OPINION);
  if (verdict.type === 'bad') return `bad: ${verdict.fault}`;
  const agreed = agrees(
    questionFor(recorded),
    draft(outputOf(recorded, EDGE)),
    draft(outputOf(recorded, OPINION)),
  );
  return agreed === true ? 'good: the same answer' : 'good: nothing to compare';
}

const model = loadModel();
const known = new Map<string, number>();

function promptDemand({ prompt }: Recorded): number {
  const demand = known.get(prompt) ?? 1 - classify(model, [prompt]).probability;
  known.set(prompt, demand);
  return demand;
}

/** Grows with `units` and stays below 1. */
function squash(units: number): number {
  return units / (units + 1_000);
}

function itemsOf(set: readonly Recorded[], demand: Ranking['demand']): readonly RoutingItem[] {
  return set.map((recorded) => ({
    demand: demand(recorded),
    weak: isCorrect(recorded) ? 1 : 0,
    strong: recorded.isCloudCorrect ? 1 : 0,
  }));
}

function isCorrect(recorded: Recorded): boolean {
  return recorded.edge.get(EDGE)?.isCorrect ?? false;
}

function outputOf(recorded: Recorded, edgeModel: string): string {
  const output = recorded.edge.get(edgeModel)?.output;
  if (output === undefined)
    throw new Error(`cascade_gsm8k has no output of ${edgeModel} for ${recorded.prompt}`);
  return output;
}

function questionFor({ prompt }: Recorded): CheckedQuestion {
  return { userText: prompt, tools: [], maxOutputTokens: null };
}

function draft(text: string): Draft {
  return { text, toolCalls: [], finishReason: 'stop' };
}

function readCascade(folder: string): readonly Recorded[] {
  return gunzipSync(readFileSync(join(folder, 'cascade_gsm8k.jsonl.gz')))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(parseRecorded);
}

function parseRecorded(line: string): Recorded {
  // The file's own format; a missing model shows in `outputOf`.
  const record = JSON.parse(line) as {
    readonly prompt: string;
    readonly edge: Readonly<Record<string, { readonly output: string; readonly correct: boolean }>>;
    readonly cloud: Readonly<Record<string, { readonly correct: boolean }>>;
  };
  const edge = Object.entries(record.edge).map(
    ([name, { output, correct }]) => [name, { output, isCorrect: correct }] as const,
  );
  return {
    prompt: record.prompt,
    edge: new Map(edge),
    isCloudCorrect: record.cloud[CLOUD]?.correct ?? false,
  };
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { data: { type: 'string' } } });
  if (values.data === undefined) {
    console.error(
      'usage: node classifier/train/evaluate-answer-check.ts --data <folder with cascade_gsm8k.jsonl.gz>',
    );
    process.exit(2);
  }
  console.log(answerCheckTable(values.data).join('\n'));
  for (const { goal: name, value, met } of answerCheckGoals(values.data)) {
    console.log(`${met ? 'met' : 'MISSED'}: ${name}: ${value}`);
  }
}
