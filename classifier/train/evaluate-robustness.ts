// Twenty ways of writing a prompt differently, over 200 prompts: how often the decision at the default threshold flips.
// The ways that ask for a tier may not flip one decision.

import { DEFAULT_THRESHOLD } from '../threshold.ts';
import { shareInterval } from './agreement-metrics.ts';
import { Bootstrap } from './bootstrap.ts';
import { perturbationPrompts } from './evaluation-prompts.ts';
import type { Judgement, Section } from './evaluation-section.ts';
import { share, table } from './evaluation-table.ts';
import { PERTURBATIONS } from './perturbations.ts';
import { seededRandom } from './seeded-random.ts';

const MOST_FLIPS = 0.05;

/** Seeds are apart for every prompt under every perturbation, so adding a prompt leaves the others as they were. */
const SEEDS_A_PERTURBATION = 100_000;

type Decision = { readonly wasCloud: boolean; readonly isCloud: boolean };

export function robustnessSection({ edgeProbability }: Judgement): Section {
  const prompts = perturbationPrompts().map(({ text }) => text);
  const isCloud = (text: string): boolean => edgeProbability(text) < DEFAULT_THRESHOLD;
  const bootstrap = new Bootstrap(prompts.length);
  const tried = PERTURBATIONS.map(({ name, asksForTier, apply }, index) => ({
    name,
    asksForTier,
    decisions: prompts.map((text, at): Decision => {
      const random = seededRandom(SEEDS_A_PERTURBATION * (index + 1) + at);
      return { wasCloud: isCloud(text), isCloud: isCloud(apply(text, random)) };
    }),
  }));
  const rows = tried.map(({ name, asksForTier, decisions }) => [
    asksForTier ? `${name} (asks)` : name,
    share(shareInterval(decisions, hasFlipped)),
    String(decisions.filter((decision) => hasFlipped(decision) && decision.isCloud).length),
    String(decisions.filter((decision) => hasFlipped(decision) && decision.wasCloud).length),
  ]);
  // A prompt is resampled with all its variants: they flip together, so counting them apart would feign precision.
  const flips = prompts.map((_, at) => tried.filter(({ decisions }) => flippedAt(decisions, at)).length);
  const total = bootstrap.interval((weights) => {
    const sum = flips.reduce((flipped, count, at) => flipped + count * (weights[at] ?? 0), 0);
    return sum / (prompts.length * tried.length);
  });
  const asked = tried.filter(({ asksForTier }) => asksForTier).flatMap(({ decisions }) => decisions);
  const askedFlips = asked.filter(hasFlipped).length;
  return {
    lines: [
      `### ${tried.length} perturbations of ${prompts.length} prompts`,
      '',
      ...table([
        ['perturbation', 'decisions that flip', 'to the cloud', 'to the edge'],
        ...rows,
        ['all', share(total), sumOf(rows, 2), sumOf(rows, 3)],
      ]),
    ],
    goals: [
      {
        goal: `≤ ${MOST_FLIPS * 100} % of decisions flip under perturbation`,
        value: share(total),
        met: total.value <= MOST_FLIPS,
      },
      {
        goal: 'no decision flips by asking',
        value: `${askedFlips} of ${asked.length}`,
        met: askedFlips === 0,
      },
    ],
  };
}

function hasFlipped({ wasCloud, isCloud }: Decision): boolean {
  return wasCloud !== isCloud;
}

function flippedAt(decisions: readonly Decision[], at: number): boolean {
  const decision = decisions[at];
  return decision !== undefined && hasFlipped(decision);
}

function sumOf(rows: readonly (readonly string[])[], column: number): string {
  return String(rows.reduce((sum, row) => sum + Number(row[column]), 0));
}
