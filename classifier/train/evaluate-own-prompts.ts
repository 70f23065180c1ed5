// The prompts written for this project: those whose tier nobody doubts, and pairs of which only one is hard. Written
// without sight of the training prompts, in many languages; the shipped classifier beside the baselines.

import { DEFAULT_THRESHOLD } from '../threshold.ts';
import { aucInterval, shareInterval, type Judged } from './agreement-metrics.ts';
import { BASELINES } from './baselines.ts';
import { Bootstrap } from './bootstrap.ts';
import { counterfactualPairs, obviousPrompts, type CounterfactualPair } from './evaluation-prompts.ts';
import type { Goal, Judgement, Section } from './evaluation-section.ts';
import { figure, share, table } from './evaluation-table.ts';

const GOAL = { leastRight: 0.98, leastAuc: 0.95 } as const;

/** A router in the terms of these sets: higher = the edge is enough; `sendsToCloud` at its own default, if it has one. */
type Router = {
  readonly name: string;
  readonly ease: (text: string) => number;
  readonly sendsToCloud: ((text: string) => boolean) | undefined;
};

type Prompt = { readonly text: string; readonly language: string; readonly label: 0 | 1 };

export function ownPromptsSection({ edgeProbability }: Judgement): Section {
  const product: Router = {
    name: 'edgeways',
    ease: edgeProbability,
    sendsToCloud: (text) => edgeProbability(text) < DEFAULT_THRESHOLD,
  };
  const rivals = BASELINES.map(({ name, demand, sendsToCloud }): Router => ({
    name,
    ease: (text) => -demand(text),
    sendsToCloud,
  }));
  const obvious = obviousPrompts().map(({ tier, text, language }) =>
    toPrompt(text, language, tier === 'edge'),
  );
  const pairs = counterfactualPairs();
  return {
    lines: [
      '### Prompts of our own',
      '',
      `“Right” is right at each router’s default: ${DEFAULT_THRESHOLD} for edgeways, SIMPLE stays at the edge for the rules.`,
      'Shares carry Wilson’s interval. Where a group is ranked without a mistake, resampling cannot show what luck did.',
      '',
      ...routerTable(obvious, pairs, [product, ...rivals]),
      '',
      ...languageTable(obvious, pairs, product),
    ],
    goals: goalsOf(obvious, pairs.flatMap(membersOf), product),
  };
}

function routerTable(
  obvious: readonly Prompt[],
  pairs: readonly CounterfactualPair[],
  routers: readonly Router[],
): readonly string[] {
  const members = pairs.flatMap(membersOf);
  const heading = [
    'set',
    'router',
    'right',
    'right of the edge ones',
    'right of the cloud ones',
    'AUC',
    'pairs ranked rightly',
  ];
  const rows = routers.flatMap((router) => [
    [
      `obvious prompts (${obvious.length})`,
      router.name,
      ...rightCells(obvious, router),
      aucCell(obvious, router),
      '–',
    ],
    [
      `counterfactual pairs (${pairs.length})`,
      router.name,
      ...rightCells(members, router),
      aucCell(members, router),
      pairCell(pairs, router),
    ],
  ]);
  return table([heading, ...rows.toSorted(([left = ''], [right = '']) => right.localeCompare(left))]);
}

function languageTable(
  obvious: readonly Prompt[],
  pairs: readonly CounterfactualPair[],
  router: Router,
): readonly string[] {
  const heading = [
    'language',
    'obvious',
    'right',
    'AUC',
    'pairs',
    'AUC of pairs',
    'pairs ranked rightly',
    'AUC of both',
  ];
  const members = pairs.flatMap(membersOf);
  const languages = [...new Set([...obvious, ...members].map(({ language }) => language))].sort();
  const groups: readonly (readonly [name: string, isIn: (language: string) => boolean])[] = [
    ...languages.map((name) => [name, (language: string) => language === name] as const),
    ['all but en', (language) => language !== 'en'],
    ['all', () => true],
  ];
  const rows = groups.map(([name, isIn]) => {
    const of = <Item extends { readonly language: string }>(items: readonly Item[]): readonly Item[] =>
      items.filter((item) => isIn(item.language));
    return [
      name,
      String(of(obvious).length),
      rightCells(of(obvious), router)[0] ?? '–',
      aucCell(of(obvious), router),
      String(of(pairs).length),
      aucCell(of(members), router),
      pairCell(of(pairs), router),
      aucCell([...of(obvious), ...of(members)], router),
    ];
  });
  return table([heading, ...rows]);
}

function goalsOf(obvious: readonly Prompt[], members: readonly Prompt[], product: Router): readonly Goal[] {
  const right = shareInterval(obvious, (prompt) => isRight(prompt, product));
  const auc = aucInterval(judge(members, product), new Bootstrap(members.length));
  return [
    {
      goal: `obvious prompts ≥ ${GOAL.leastRight * 100} % right at one threshold`,
      value: share(right),
      met: right.value >= GOAL.leastRight,
    },
    {
      goal: `counterfactual AUC ≥ ${GOAL.leastAuc}`,
      value: figure(auc),
      met: auc.value >= GOAL.leastAuc,
    },
  ];
}

function rightCells(prompts: readonly Prompt[], router: Router): readonly string[] {
  const cell = (some: readonly Prompt[]): string =>
    router.sendsToCloud === undefined || some.length === 0
      ? '–'
      : share(shareInterval(some, (prompt) => isRight(prompt, router)));
  return [
    cell(prompts),
    cell(prompts.filter(({ label }) => label === 1)),
    cell(prompts.filter(({ label }) => label === 0)),
  ];
}

function isRight({ text, label }: Prompt, { sendsToCloud }: Router): boolean {
  return sendsToCloud?.(text) === (label === 0);
}

function aucCell(prompts: readonly Prompt[], router: Router): string {
  const judged = judge(prompts, router);
  if (new Set(judged.map(({ label }) => label)).size < 2) return '–';
  return figure(aucInterval(judged, new Bootstrap(judged.length)));
}

/** Strictly: a router that cannot tell the two apart has not ranked them. */
function pairCell(pairs: readonly CounterfactualPair[], { ease }: Router): string {
  if (pairs.length === 0) return '–';
  const isRanked = ({ edge, cloud }: CounterfactualPair): boolean => ease(edge) > ease(cloud);
  return share(shareInterval(pairs, isRanked));
}

function judge(prompts: readonly Prompt[], { ease }: Router): readonly Judged[] {
  return prompts.map(({ text, label }) => ({ probability: ease(text), label }));
}

function membersOf({ edge, cloud, language }: CounterfactualPair): readonly Prompt[] {
  return [toPrompt(edge, language, true), toPrompt(cloud, language, false)];
}

function toPrompt(text: string, language: string, isEdge: boolean): Prompt {
  return { text, language, label: isEdge ? 1 : 0 };
}
