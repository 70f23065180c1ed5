// Leave one source out: the product's own trainer, run once for each source without that source, judged on its held-out
// rows. What it says of an unseen source is the nearest there is to what it says of traffic nobody has labelled.

import { decodeModel } from '../model.ts';
import { auc, aucFigure, aucInterval, type Judged } from './agreement-metrics.ts';
import { Bootstrap, percentiles, type Interval } from './bootstrap.ts';
import { judgeOf, type Judgement, type Section } from './evaluation-section.ts';
import { figure, table } from './evaluation-table.ts';
import { edgeLabel, isHeldOut, readScored, trainingRows, type Row, type Scored } from './rows.ts';
import { trainModel } from './train-model.ts';
import { trainingMix } from './training-mix.ts';

const LEAST_AUC = 0.62;

type Unseen = {
  readonly source: string;
  /** By a model that never saw the source. */
  readonly unseen: readonly Judged[];
  /** By the shipped one, which saw other rows of it. */
  readonly shipped: readonly Judged[];
  readonly byLength: readonly Judged[];
};

export function sourceSection({ folder, edgeProbability }: Judgement): Section {
  const train = trainingRows(folder, 'train');
  const calibration = trainingRows(folder, 'dev');
  const held = [...readScored(folder, 'iid_test'), ...readScored(folder, 'dev')].filter(
    (scored) => !isHeldOut(scored),
  );
  const sources = [...new Set(held.map(({ source }) => source))].map((source): Unseen => {
    const rows = held.filter((scored) => scored.source === source);
    const probability = probabilityWithout(source, train, calibration);
    return {
      source,
      unseen: judge(rows, probability),
      shipped: judge(rows, edgeProbability),
      byLength: judge(rows, (text) => -text.length),
    };
  });
  return sectionOf(sources);
}

/** What was written for the training stays in: it belongs to no source. What quotes measured rows quotes the rest. */
function probabilityWithout(
  source: string,
  train: readonly Row[],
  calibration: readonly Row[],
): (text: string) => number {
  const artefact = trainModel(
    trainingMix(train.filter((row) => row.source !== source)),
    calibration.filter((row) => row.source !== source),
  );
  const judgeUnseen = judgeOf(decodeModel(artefact));
  return (text) => judgeUnseen(text).probability;
}

function judge(rows: readonly Scored[], probability: (text: string) => number): readonly Judged[] {
  return rows.map((scored) => ({ probability: probability(scored.prompt), label: edgeLabel(scored) }));
}

function sectionOf(sources: readonly Unseen[]): Section {
  const measurable = sources.filter(({ unseen }) => hasBothClasses(unseen));
  const rows = [
    ['source left out', 'rows', 'edge is enough', 'AUC', 'AUC of the shipped model', 'AUC of length'],
  ];
  for (const each of measurable) rows.push(rowOf(each.source, [each]));
  const pooled = rowOf('all sources pooled', sources);
  const overall = meanInterval(measurable);
  rows.push(['mean of the measurable', '', '', figure(overall), '', ''], pooled);
  const oneClass = sources.filter(({ unseen }) => !hasBothClasses(unseen)).map(({ source }) => source);
  return {
    lines: [
      '### Leave one source out',
      '',
      `Not measurable alone, because their rows are all of one class: ${oneClass.join(', ')}. They count in the pool.`,
      '',
      ...table(rows),
    ],
    goals: [
      {
        goal: `leave-one-source-out AUC ≥ ${LEAST_AUC}, mean`,
        value: figure(overall),
        met: overall.value >= LEAST_AUC,
      },
    ],
  };
}

function rowOf(name: string, sources: readonly Unseen[]): string[] {
  const unseen = sources.flatMap((each) => each.unseen);
  const bootstrap = new Bootstrap(unseen.length);
  return [
    name,
    String(unseen.length),
    String(unseen.filter(({ label }) => label >= 0.5).length),
    figure(aucInterval(unseen, bootstrap)),
    figure(
      aucInterval(
        sources.flatMap((each) => each.shipped),
        bootstrap,
      ),
    ),
    figure(
      aucInterval(
        sources.flatMap((each) => each.byLength),
        bootstrap,
      ),
    ),
  ];
}

/** The mean of the sources' AUCs, each source resampled by itself: which sources there are is not left to chance. */
function meanInterval(sources: readonly Unseen[]): Interval {
  const draws = sources.map(({ unseen }) => new Bootstrap(unseen.length).draws(aucFigure(unseen)));
  const means = (draws[0] ?? []).map((_, draw) => average(draws.map((values) => values[draw] ?? Number.NaN)));
  return { value: average(sources.map(({ unseen }) => auc(unseen))), ...percentiles(means) };
}

function hasBothClasses(judged: readonly Judged[]): boolean {
  const edge = judged.filter(({ label }) => label >= 0.5).length;
  return edge > 0 && edge < judged.length;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
