// `npm run evaluate -- --data <folder> [--write] [--only=<part>]`: the classifier's figures, beside routers that cost
// nothing, and which of its goals they meet. `--write` puts the same text into the model card between its markers.
// Every interval is seeded, so two runs print the same text.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ARTEFACT_SHA256 } from '../artefact.ts';
import { cascadeSection } from './evaluate-cascade.ts';
import { examSection } from './evaluate-exams.ts';
import { fewShotSection } from './evaluate-few-shot.ts';
import { gainSection } from './evaluate-gain.ts';
import { mixSection } from './evaluate-mix.ts';
import { ownPromptsSection } from './evaluate-own-prompts.ts';
import { robustnessSection } from './evaluate-robustness.ts';
import { sourceSection } from './evaluate-sources.ts';
import { judgeShippedModel, type Goal, type Judgement, type Section } from './evaluation-section.ts';
import { table } from './evaluation-table.ts';

const CARD = new URL('../README.md', import.meta.url);
const MARKERS = { start: '<!-- evaluation:start -->', end: '<!-- evaluation:end -->' } as const;

const PARTS: Readonly<Record<string, (judgement: Judgement) => Section>> = {
  exams: examSection,
  mix: mixSection,
  gain: gainSection,
  sources: sourceSection,
  'few-shot': fewShotSection,
  own: ownPromptsSection,
  robustness: robustnessSection,
  'answer-check': cascadeSection,
};

const SPLITS = ['train', 'dev', 'iid_test', 'routellm_eval', 'cascade_gsm8k'] as const;

const USAGE = `usage: npm run evaluate -- --data <folder with ${SPLITS.join(', ')} .jsonl.gz> [--write] [--only=${Object.keys(PARTS).join('|')}]`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const refusal = refusalOf(values);
if (values.data === undefined || refusal !== undefined) {
  console.error(refusal);
  process.exitCode = 2;
} else {
  const report = reportOf(values.data, values.only);
  console.log(report);
  if (values.write) writeCard(report);
}

function refusalOf({ data, only, write }: typeof values): string | undefined {
  if (data === undefined) return `--data is missing\n${USAGE}`;
  const missing = SPLITS.filter((split) => !existsSync(join(data, `${split}.jsonl.gz`)));
  if (missing.length > 0) return `--data: ${data} has no ${missing.join(', ')} .jsonl.gz\n${USAGE}`;
  if (only !== undefined && !Object.hasOwn(PARTS, only))
    return `--only: ${only} is not a part of the report\n${USAGE}`;
  return only !== undefined && write
    ? '--write: leave --only out, or the card would lose its other tables'
    : undefined;
}

function reportOf(folder: string, only: string | undefined): string {
  const judgement = judgeShippedModel(folder);
  const sections: Section[] = [];
  for (const [name, part] of Object.entries(PARTS)) {
    if (only !== undefined && only !== name) continue;
    const startedAt = performance.now();
    sections.push(part(judgement));
    // Not part of the report: the card must not change with the machine.
    console.error(`${name}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  }
  return [
    `Artefact \`${ARTEFACT_SHA256.slice(0, 16)}\`. Brackets: 95 % intervals from seeded resamples of the prompts.`,
    ...sections.flatMap(({ lines }) => ['', ...lines]),
    '',
    '### Goals',
    '',
    ...goalTable(sections.flatMap(({ goals }) => goals)),
  ].join('\n');
}

function goalTable(goals: readonly Goal[]): readonly string[] {
  return table([
    ['goal', 'measured', ''],
    ...goals.map(({ goal, value, met }) => [goal, value, met ? 'met' : 'missed']),
  ]);
}

function writeCard(text: string): void {
  const card = readFileSync(CARD, 'utf8');
  const [start, end] = [card.indexOf(MARKERS.start), card.indexOf(MARKERS.end)];
  if (start < 0 || end < start) throw new Error('classifier/README.md has lost its evaluation markers');
  writeFileSync(CARD, `${card.slice(0, start + MARKERS.start.length)}\n\n${text}\n\n${card.slice(end)}`);
}
