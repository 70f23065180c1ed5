// The promise: a policy that is not in force can be seen at work on real decisions before it decides any.

import { expect, it } from 'vitest';
import { scorePolicy } from '../policy/decisions/score-policy.ts';
import { parsePolicy, type CandidatePolicy } from '../policy/learning/candidate-policy.ts';
import { trialsOf } from '../policy/learning/trials.ts';
import { aRecord } from './support/route-records.ts';

const GROUND = { prior: [], typicalCost: { edgeUsd: 0, cloudUsd: 0 }, cloudQuality: 1, band: 0 };

/** A hundred decisions with the probabilities 0.005, 0.015 … 0.995, made at the threshold 0.5. */
const TRIALS = trialsOf(
  Array.from({ length: 100 }, (_, at) => {
    const probability = (at + 0.5) / 100;
    const chosen = probability >= 0.5 ? 'edge' : 'cloud';
    return aRecord(`r${at}`, { rawProbability: probability, probability, threshold: 0.5, chosen });
  }),
  [],
);

function policyOf(fields: object): CandidatePolicy {
  const parsed = parsePolicy({ name: 'candidate', ...fields });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  return parsed.value;
}

it('shows the shares of a candidate beside those in force, and how often both agree', () => {
  expect(scorePolicy(policyOf({ threshold: 0.8 }), TRIALS, GROUND)).toEqual({
    name: 'candidate',
    decisions: 100,
    threshold: 0.8,
    share: { edge: expect.closeTo(0.2, 9), cloud: expect.closeTo(0.8, 9), check: 0 },
    shareInForce: { edge: expect.closeTo(0.5, 9), cloud: expect.closeTo(0.5, 9), check: 0 },
    agreement: 0.7,
  });
});

it('turns a target into its threshold on this traffic, and counts what would be checked', () => {
  const score = scorePolicy(policyOf({ target: { cloud_share: 0.3 }, band: 0.1 }), TRIALS, GROUND);
  expect(score?.threshold).toBeCloseTo(0.3, 9);
  expect(score?.share.check).toBeCloseTo(0.2, 9);
});

it('takes a signal’s weight into account, and has nothing to say without traffic', () => {
  const feared = policyOf({ threshold: 0.5, signal_weights: { greeting: -10 } });
  expect(scorePolicy(feared, TRIALS, GROUND)?.share.cloud).toBeCloseTo(1, 9);
  expect(scorePolicy(feared, [], GROUND)).toBeNull();
});
