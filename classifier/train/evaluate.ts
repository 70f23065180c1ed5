// `npm run evaluate -- --data <folder> [--write]`: the classifier's figures, beside routers that cost nothing.
// `--write` puts the same tables into the model card between its markers. Reads no training split; every interval is a
// seeded bootstrap, so two runs print the same text.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ARTEFACT_SHA256 } from '../artefact.ts';
import { classify } from '../classify.ts';
import { loadModel } from '../model.ts';
import { DEFAULT_THRESHOLD } from '../threshold.ts';
import { BASELINES } from './baselines.ts';
import { obviousPrompts } from './obvious-prompts.ts';
import {
  apgrInterval,
  aucInterval,
  calibrationError,
  routingFigures,
  type Interval,
  type Judged,
  type RoutingItem,
} from './routing-metrics.ts';
import { edgeLabel, isHeldOut, mean, readScored, type Scored } from './rows.ts';

const CARD = new URL('../README.md', import.meta.url);
const MARKERS = { start: '<!-- evaluation:start -->', end: '<!-- evaluation:end -->' } as const;

const { values } = parseArgs({
  options: { data: { type: 'string' }, write: { type: 'boolean', default: false } },
});
if (values.data === undefined) {
  console.error(
    'usage: npm run evaluate -- --data <folder with iid_test.jsonl.gz and routellm_eval.jsonl.gz> [--write]',
  );
  process.exit(2);
}

const model = loadModel();
const edgeProbability = (text: string): number => classify(model, [text]).probability;
const report = [
  `Artefact \`${ARTEFACT_SHA256.slice(0, 16)}\`, threshold ${DEFAULT_THRESHOLD}. Brackets: 95 % bootstrap intervals.`,
  '',
  ...agreementTable(readScored(values.data, 'iid_test')),
  '',
  ...routingTable(readScored(values.data, 'routellm_eval')),
].join('\n');
console.log(report);
if (values.write) writeCard(report);

function agreementTable(iid: readonly Scored[]): readonly string[] {
  const rows = [
    ['set', 'prompts', 'AUC', 'AUC by length alone', 'ECE', 'sent to the cloud', 'right at the threshold'],
  ];
  const inMix = iid.filter((scored) => !isHeldOut(scored));
  const sets: readonly (readonly [name: string, items: readonly LabelledText[], calibrated: boolean])[] = [
    ['held-out rows of the mix', labelled(inMix), true],
    [
      '– only those with measured labels',
      labelled(inMix.filter((each) => !each.labelType.startsWith('assumed'))),
      true,
    ],
    ['– tasks never trained on (mmlu, gsm8k)', labelled(iid.filter(isHeldOut)), true],
    [
      'obvious prompts',
      obviousPrompts().map(({ tier, text }) => ({ text, label: tier === 'edge' ? 1 : 0 })),
      false,
    ],
  ];
  for (const [name, items, calibrated] of sets) rows.push(agreementRow(name, items, calibrated));
  return table(rows);
}

type LabelledText = { readonly text: string; readonly label: number };

function agreementRow(name: string, items: readonly LabelledText[], calibrated: boolean): string[] {
  const judged: readonly Judged[] = items.map(({ text, label }) => ({
    probability: edgeProbability(text),
    label,
  }));
  const byLength = items.map(({ text, label }) => ({ probability: -text.length, label }));
  const cloud = judged.filter((each) => each.probability < DEFAULT_THRESHOLD).length / judged.length;
  const right =
    judged.filter((each) => each.probability >= DEFAULT_THRESHOLD === each.label >= 0.5).length /
    judged.length;
  return [
    name,
    String(items.length),
    interval(aucInterval(judged)),
    aucInterval(byLength).value.toFixed(3),
    calibrated ? calibrationError(judged).toFixed(3) : '–',
    percent(cloud),
    percent(right),
  ];
}

function labelled(scored: readonly Scored[]): readonly LabelledText[] {
  return scored.map((each) => ({ text: each.prompt, label: edgeLabel(each) }));
}

function routingTable(evaluation: readonly Scored[]): readonly string[] {
  const rows = [['set', 'router', 'APGR', 'CPT50', 'CPT80']];
  const routers = [{ name: 'edgeways', demand: (text: string) => 1 - edgeProbability(text) }, ...BASELINES];
  for (const [name, source] of [
    ['MT-Bench', 'rl_mtbench'],
    ['MMLU', 'rl_mmlu'],
    ['GSM8K', 'rl_gsm8k'],
  ] as const) {
    const set = evaluation.filter((each) => each.source === source);
    const label = `${name} (${set.length})`;
    for (const router of routers) {
      const items: readonly RoutingItem[] = set.map((each) => ({
        demand: router.demand(each.prompt),
        weak: mean(each.weak),
        strong: mean(each.strong),
      }));
      const { cpt50, cpt80 } = routingFigures(items);
      rows.push([label, router.name, interval(apgrInterval(items)), percent(cpt50), percent(cpt80)]);
    }
    rows.push([label, 'random', '0.500', '50 %', '80 %']);
  }
  return table(rows);
}

/** Markdown with aligned columns, as the formatter wants it: the card must not change when it is formatted. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const padded = rows.map((row) => line(row.map((cell, column) => cell.padEnd(widths[column] ?? 0))));
  return padded.toSpliced(1, 0, line(widths.map((width) => '-'.repeat(width))));
}

function interval({ value, low, high }: Interval): string {
  return `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function writeCard(text: string): void {
  const card = readFileSync(CARD, 'utf8');
  const [start, end] = [card.indexOf(MARKERS.start), card.indexOf(MARKERS.end)];
  if (start < 0 || end < start) throw new Error('classifier/README.md has lost its evaluation markers');
  writeFileSync(CARD, `${card.slice(0, start + MARKERS.start.length)}\n\n${text}\n\n${card.slice(end)}`);
}
