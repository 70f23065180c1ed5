// The second head, the expected gain of the strong model, which cost reports are made of: is what it expects, on
// average, what was measured? Rows where both models' answers were graded.

import { meanInterval } from './agreement-metrics.ts';
import { Bootstrap } from './bootstrap.ts';
import type { Judgement, Section } from './evaluation-section.ts';
import { figure, table } from './evaluation-table.ts';
import { edgeGain, isHeldOut, mean, readScored } from './rows.ts';

const PARTS = ['least', 'middle', 'most'] as const;

export function gainSection({ folder, expectedGain }: Judgement): Section {
  const graded = readScored(folder, 'iid_test')
    .filter((scored) => !isHeldOut(scored) && scored.labelType === 'correct')
    .map((scored) => ({ expected: expectedGain(scored.prompt), measured: edgeGain(scored) }))
    .sort((left, right) => left.expected - right.expected);
  const partOf = (part: number): typeof graded =>
    graded.slice(
      Math.round((part * graded.length) / PARTS.length),
      Math.round(((part + 1) * graded.length) / PARTS.length),
    );
  const groups = [
    ...PARTS.map((name, part) => ({ name: `third with the ${name} expected`, rows: partOf(part) })),
    { name: 'all', rows: graded },
  ];
  const rows = groups.map(({ name, rows: group }) => {
    const bootstrap = new Bootstrap(group.length);
    const errors = group.map(({ expected, measured }) => Math.abs(expected - measured));
    return [
      name,
      String(group.length),
      mean(group.map(({ expected }) => expected)).toFixed(3),
      figure(
        meanInterval(
          group.map(({ measured }) => measured),
          bootstrap,
        ),
      ),
      figure(meanInterval(errors, bootstrap)),
    ];
  });
  return {
    lines: [
      '### Expected gain of the strong model',
      '',
      'Graded held-out rows; gain is the strong models’ mean score minus the edge models’, not below zero.',
      '',
      ...table([['rows', 'number', 'expected', 'measured', 'mean absolute error'], ...rows]),
    ],
    goals: [],
  };
}
