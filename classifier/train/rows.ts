// Reads the routing data and turns measured scores into labels: P(an edge-class model's answer is good enough).
// Rows from the evaluation sets are refused, not filtered: training on them must be impossible by accident.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export type Row = {
  readonly text: string;
  /** Soft label in [0, 1]: the edge model's answer is good enough. */
  readonly label: number;
  /** Strong model's score minus the edge model's, in [0, 1]. */
  readonly gain: number;
  readonly weight: number;
  /** Rows of one group never stand on both sides of a fold: variants of one prompt would leak. */
  readonly group: string;
  readonly source: string;
  /** Whether the label was measured; else it is somebody's prior. */
  readonly measured: boolean;
};

export type Scored = {
  readonly id: string;
  readonly source: string;
  readonly task: string;
  readonly prompt: string;
  readonly question: string | undefined;
  readonly weak: readonly number[];
  readonly strong: readonly number[];
  readonly labelType: string;
};

/** Tasks of the mix that the zero-shot evaluations are made of; a model trained on them is not zero-shot. */
const HELD_OUT_TASKS: ReadonlySet<string> = new Set(['llmrouter/mmlu', 'llmrouter/gsm8k']);

/**
 * How much of "both tiers fail" counts as "the edge is good enough": paying for an answer that is wrong as well buys
 * nothing, but counting it fully would call the hardest questions easy.
 */
const BOTH_FAIL_CREDIT = 0.3;

export function readScored(folder: string, split: string): readonly Scored[] {
  const lines = gunzipSync(readFileSync(join(folder, `${split}.jsonl.gz`)))
    .toString('utf8')
    .split('\n');
  return lines.filter((line) => line !== '').map((line) => parseScored(line, split));
}

export function isHeldOut(scored: Scored): boolean {
  return HELD_OUT_TASKS.has(`${scored.source}/${scored.task}`);
}

export function trainingRows(folder: string, split: 'train' | 'dev' | 'iid_test'): readonly Row[] {
  const rows: Row[] = [];
  for (const scored of readScored(folder, split)) {
    if (scored.source.startsWith('rl_')) throw new Error(`${split} holds evaluation rows (${scored.source})`);
    if (!isHeldOut(scored)) rows.push(...toRows(scored, split));
  }
  return rows;
}

/** P(edge is good enough) from the scores, by kind of score. */
export function edgeLabel(scored: Scored): number {
  const weak = mean(scored.weak);
  switch (scored.labelType) {
    case 'correct':
    case 'judge': {
      const bothFail = (1 - weak) * (1 - mean(scored.strong));
      return Math.min(1, weak + BOTH_FAIL_CREDIT * bothFail);
    }
    case 'pairwise':
      // P(preferred over the strong model): one half is parity, and parity is good enough. Losing the comparison is
      // not failing: the same models' open-ended answers get 8 to 10 of 10 from judges that see one answer at a time.
      return 0.4 + 0.6 * Math.min(1, 2 * weak);
    case 'assumed_hard':
      // Collected because they are hard, or in Russian because they are common: the prior is kept, pulled down a little.
      return scored.source === 'ru_arena' ? weak : 0.75 * weak;
    default:
      return weak;
  }
}

/** How much more the strong model's answer scores, by kind of score; where nobody measured it, a share of the doubt. */
export function edgeGain(scored: Scored): number {
  const weak = mean(scored.weak);
  switch (scored.labelType) {
    case 'correct':
    case 'judge':
      return Math.max(0, mean(scored.strong) - weak);
    case 'pairwise':
      // One half is parity, so the distance to it is what the strong model is ahead.
      return Math.max(0, 0.5 - weak);
    default:
      return assumedGain(edgeLabel(scored));
  }
}

/** Of the prompts an edge model fails, a strong one saves about three in five in the measured sources. */
export function assumedGain(label: number): number {
  return 0.6 * (1 - label);
}

/** A graded answer beside one written line: too much, and the exams decide what small talk is. */
const MEASURED_WEIGHT = 2.2;

/** Trust in a label, and a brake on sources that would fill the model with one exam's manner. */
function rowWeight(scored: Scored): number {
  if (scored.source === 'llmrouter' && scored.task === 'commongen') return 0.3;
  if (scored.source === 'llmrouter' && scored.task === 'natural_qa') return 0.7;
  // Its one label for all, half and half, says nothing of the single prompt.
  if (scored.source === 'ru_arena') return 0.15;
  if (scored.labelType.startsWith('assumed')) return 0.5;
  if (scored.labelType === 'pairwise') return 0.8;
  return MEASURED_WEIGHT;
}

function toRows(scored: Scored, split: string): readonly Row[] {
  const base = {
    label: edgeLabel(scored),
    gain: edgeGain(scored),
    group: scored.id,
    source: scored.source,
    measured: !scored.labelType.startsWith('assumed'),
  };
  const weight = rowWeight(scored);
  const { prompt, question } = scored;
  if (split !== 'train' || question === undefined || question.trim() === prompt.trim()) {
    return [{ ...base, text: prompt, weight }];
  }
  // The same item with and without its answer options: the form of an exam must not carry its difficulty.
  return [
    { ...base, text: prompt, weight: 0.6 * weight },
    { ...base, text: question, weight: 0.4 * weight },
  ];
}

function parseScored(line: string, split: string): Scored {
  // The file's own format, checked field by field below.
  const record = JSON.parse(line) as Record<string, unknown>;
  const text = (key: string): string => {
    const value = record[key];
    if (typeof value !== 'string')
      throw new Error(`${split}: ${key} is not a string in ${line.slice(0, 80)}`);
    return value;
  };
  return {
    id: text('id'),
    source: text('source'),
    task: String(record['task']),
    prompt: text('prompt'),
    question: typeof record['question'] === 'string' ? record['question'] : undefined,
    weak: scores(record['weak']),
    strong: scores(record['strong']),
    labelType: text('label_type'),
  };
}

function scores(value: unknown): readonly number[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).filter((score) => typeof score === 'number');
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
