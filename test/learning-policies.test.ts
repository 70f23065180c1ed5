// What the offline evaluation may be trusted with: its estimates are right on average, its intervals hold the truth, and
// where the log cannot speak it says so instead of guessing.

import { describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../classifier/train/seeded-random.ts';
import { type CandidatePolicy, parsePolicy, targetOf } from '../policy/learning/candidate-policy.ts';
import { evidenceOf } from '../policy/learning/evidence.ts';
import { evaluatePolicies, type Evaluation, usdPerGoodAnswer } from '../policy/learning/off-policy.ts';
import {
  candidateOn,
  explorationOf,
  loggedPolicy,
  type PolicyGround,
} from '../policy/learning/policy-actions.ts';
import { judgePromotion } from '../policy/learning/promotion.ts';
import { type Trial, trialsOf } from '../policy/learning/trials.ts';
import type { FeedbackRecord } from '../protocol/route-record.ts';
import { routeRecord } from './support/plain-record.ts';

const GROUND: PolicyGround = {
  band: 0,
  prior: [],
  typicalCost: { edgeUsd: 0, cloudUsd: 0 },
  cloudQuality: 1,
};
const THRESHOLD = 0.5;
const EDGE_USD = 0.001;
const CLOUD_USD = 0.01;
const USD_PER_GOOD = 0.03;

/** True chances; the edge's has a jump that the model of rewards cannot draw, so its estimate alone is wrong. */
const edgeGood = (raw: number): number => (raw > 0.25 && raw < 0.45 ? 0.9 : 0.8 * raw);
const CLOUD_GOOD = 0.93;

type LogShape = {
  readonly count: number;
  readonly exploration: number;
  readonly spoken: number;
  readonly judged: number;
  /** Around the threshold drafts are checked; a checked draft is as good as the better tier. */
  readonly band: number;
};

const SHAPE: LogShape = { count: 4_000, exploration: 0.2, spoken: 0.4, judged: 0, band: 0 };

function drawTrial(random: Random, atMs: number, shape: LogShape): Trial {
  const raw = random();
  const isChecked = Math.abs(raw - THRESHOLD) <= shape.band && shape.band > 0;
  const plain = isChecked ? 'check' : raw >= THRESHOLD ? 'edge' : 'cloud';
  const isDrawn = random() < shape.exploration;
  const action = isDrawn ? (random() < 0.5 ? 'edge' : 'cloud') : plain;
  const half = shape.exploration / 2;
  const kept = isChecked ? 1 - shape.exploration : 1 - half;
  const isEdgeGood = random() < edgeGood(raw);
  const isGood =
    action === 'edge' ? isEdgeGood : action === 'cloud' ? random() < CLOUD_GOOD : random() < 0.97;
  const isSpoken = random() < shape.spoken;
  const isJudged = random() < shape.judged;
  const factor = 0.5 + random();
  const cost = { edge: EDGE_USD, cloud: CLOUD_USD, check: 0.5 * (EDGE_USD + CLOUD_USD) }[action];
  return {
    atMs,
    rawProbability: raw,
    probability: raw,
    threshold: THRESHOLD,
    signals: [],
    edgeUsd: EDGE_USD,
    cloudUsd: CLOUD_USD,
    action,
    propensity: action === plain ? kept : half,
    costUsd: factor * cost,
    reward: isSpoken ? { value: isGood ? 1 : 0, weight: 1 } : null,
    judgedEdge: isJudged && action === 'cloud' ? (isEdgeGood ? 1 : 0) : null,
  };
}

function drawLog(seed: number, changes: Partial<LogShape> = {}): readonly Trial[] {
  const shape = { ...SHAPE, ...changes };
  const random = seededRandom(seed);
  return Array.from({ length: shape.count }, (_, at) => drawTrial(random, at, shape));
}

function evaluate(trials: readonly Trial[], file: CandidatePolicy, ground = GROUND): Evaluation {
  return evaluatePolicies({
    evidence: evidenceOf(trials),
    candidate: candidateOn(trials, file, ground),
    current: loggedPolicy(trials, ground.band),
    usdPerGood: USD_PER_GOOD,
    random: seededRandom(1),
  });
}

/** What moving from one threshold to a lower one truly gains: the edge instead of the cloud in between, unless drawn. */
function trueGain(lower: number): number {
  const steps = 10_000;
  let sum = 0;
  for (let step = 0; step < steps; step += 1) {
    const raw = (step + 0.5) / steps;
    if (raw < lower || raw >= THRESHOLD) continue;
    sum += edgeGood(raw) - CLOUD_GOOD + (CLOUD_USD - EDGE_USD) / USD_PER_GOOD;
  }
  return (sum / steps) * (1 - SHAPE.exploration);
}

const LOWER: CandidatePolicy = { name: 'lower', threshold: 0.25 };

describe('the estimates of what a policy would have gained', () => {
  const logs = Array.from({ length: 60 }, (_, seed) => evaluate(drawLog(seed + 1), LOWER));
  const truth = trueGain(0.25);
  const gains = (by: 'ips' | 'snips' | 'dr'): readonly number[] =>
    logs.map(({ estimates }) => estimates[by].difference.value.value);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = (values: readonly number[]): number => {
    const middle = mean(values);
    return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
  };

  it.each(['ips', 'snips', 'dr'] as const)(
    '%s is right on average, though the model of rewards is not',
    (by) => {
      const values = gains(by);
      expect(Math.abs(mean(values) - truth)).toBeLessThan(
        (3 * spread(values)) / Math.sqrt(values.length) + 0.002,
      );
    },
  );

  it('doubly robust ones spread much less than plain weights', () => {
    expect(spread(gains('dr'))).toBeLessThan(spread(gains('ips')) / 1.3);
  });

  it.each(['ips', 'snips', 'dr'] as const)(
    'the 95 %% interval of %s holds the truth in nine logs of ten and more',
    (by) => {
      const held = logs.filter(({ estimates }) => {
        const { low, high } = estimates[by].difference.value;
        return low <= truth && truth <= high;
      });
      expect(held.length).toBeGreaterThanOrEqual(0.9 * logs.length);
    },
  );

  it('the same log gives the same figures', () => {
    expect(evaluate(drawLog(1), LOWER)).toEqual(logs[0]);
  });

  it('the policy in force is worth what was seen of it', () => {
    const trials = drawLog(3);
    const seen = trials.flatMap(({ reward }) => (reward === null ? [] : [reward.value]));
    const { current } = evaluate(trials, LOWER).estimates.dr;
    expect(current.reward.value).toBeCloseTo(mean(seen), 2);
    expect(current.costUsd.value).toBeCloseTo(mean(trials.map(({ costUsd }) => costUsd)), 3);
  });

  it('an answer that a judge saw behind the cloud’s speaks for the edge', () => {
    const [silent, judged] = [0, 0.3].map((share) =>
      evaluate(drawLog(5, { exploration: 0.02, judged: share }), LOWER),
    );
    const width = (evaluation: Evaluation | undefined): number => {
      const { low = 0, high = 0 } = evaluation?.estimates.dr.difference.reward ?? {};
      return high - low;
    };
    expect(width(judged)).toBeLessThan(width(silent) / 2);
    expect(judged?.support.actions[0]?.known).toBeGreaterThan(10 * (silent?.support.actions[0]?.known ?? 0));
  });

  it('checking more drafts is an action of its own, judged by the drafts that were checked', () => {
    const trials = drawLog(6, { band: 0.2 });
    const narrower = evaluate(
      trials,
      { name: 'narrower', threshold: 0.5, band: 0.1 },
      { ...GROUND, band: 0.2 },
    );
    // Between the bands the edge or the cloud answers instead of a checked draft: 0.2 of the traffic loses.
    expect(narrower.support.actions.map(({ action }) => action)).toEqual(['edge', 'cloud']);
    expect(narrower.estimates.dr.difference.reward.high).toBeLessThan(0);
  });
});

describe('the price of a good answer', () => {
  it('is what the policy in force pays at its threshold', () => {
    const trials = drawLog(1);
    const usd = usdPerGoodAnswer(evidenceOf(trials), loggedPolicy(trials, 0), 1);
    expect(usd).toBeCloseTo((CLOUD_USD - EDGE_USD) / (1 - THRESHOLD), 12);
  });

  it('has no bound where the cloud has no advantage left', () => {
    const trials = drawLog(1);
    expect(usdPerGoodAnswer(evidenceOf(trials), loggedPolicy(trials, 0), THRESHOLD)).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});

describe('the verdict', () => {
  const reasonOf = (evaluation: Evaluation): string => {
    const verdict = judgePromotion(evaluation);
    return verdict.type === 'promote' ? 'promote' : verdict.reason;
  };

  it('promotes what surely gains', () => {
    expect(reasonOf(evaluate(drawLog(1), LOWER))).toBe('promote');
  });

  it('refuses what seems to lose', () => {
    expect(reasonOf(evaluate(drawLog(1), { name: 'all edge', threshold: 0 }))).toBe('worse');
  });

  it('refuses what changes nothing', () => {
    expect(reasonOf(evaluate(drawLog(1), { name: 'same', threshold: THRESHOLD }))).toBe('no_difference');
  });

  it('refuses to judge by a log that left nothing to chance', () => {
    expect(reasonOf(evaluate(drawLog(1, { exploration: 0 }), LOWER))).toBe('no_trials');
  });

  it('refuses an action that the log never took there', () => {
    const wide = { name: 'checks', threshold: THRESHOLD, band: 0.1 };
    expect(reasonOf(evaluate(drawLog(1), wide))).toBe('no_support');
  });

  it('refuses what too few people spoke about, and says how much longer it takes', () => {
    const verdict = judgePromotion(evaluate(drawLog(1, { exploration: 0.02, spoken: 0.1 }), LOWER));
    expect(verdict).toMatchObject({ type: 'refuse', reason: 'too_few_labels' });
    expect(verdict.type === 'refuse' && (verdict.moreDecisions ?? 0)).toBeGreaterThan(10_000);
  });

  it('refuses what may gain but may as well lose, and says how much more would tell', () => {
    const small = { name: 'a little lower', threshold: 0.38 };
    const verdict = judgePromotion(evaluate(drawLog(8, { count: 6_000 }), small));
    expect(verdict).toMatchObject({ type: 'refuse', reason: 'uncertain' });
    expect(verdict.type === 'refuse' && (verdict.moreDecisions ?? 0)).toBeGreaterThan(0);
  });
});

describe('a policy file', () => {
  const problems = (value: unknown): string => {
    const parsed = parsePolicy(value);
    return parsed.ok
      ? 'accepted'
      : parsed.refusal.map(({ path, message }) => `${path}: ${message}`).join('; ');
  };

  it.each<[unknown, string]>([
    [{ name: 'a', threshold: 0.5 }, 'accepted'],
    [{ name: 'a', target: { quality: 0.9 }, band: 0.1, exploration: 0.01 }, 'accepted'],
    [{ name: 'a', threshold: 0.5, calibration: { type: 'platt', slope: 1, intercept: 0 } }, 'accepted'],
    [{ threshold: 0.5 }, 'name: required, but missing'],
    [{ name: 'a' }, ': must have either target or threshold'],
    [{ name: 'a', threshold: 0.5, target: { quality: 0.9 } }, ': must have either target or threshold'],
    [{ name: 'a', threshold: 1.5 }, 'threshold: must be a number from 0 to 1'],
    [{ name: 'a', thresold: 0.5 }, 'thresold: unknown key'],
    [{ name: 'a', target: {} }, 'target: must have exactly one of cloud_share, quality and max_usd_per_1k'],
    [{ name: 'a', target: { cost: 3 } }, 'target.cost: unknown key'],
    [{ name: 'a', target: { max_usd_per_1k: 0 } }, 'target.max_usd_per_1k: must be more than 0'],
    [{ name: 'a', threshold: 0.5, exploration: 0.5 }, 'exploration: must be a number from 0 to 0.02'],
    [
      { name: 'a', threshold: 0.5, calibration: { type: 'platt', slope: -1, intercept: 0 } },
      'calibration.slope: must be more than 0',
    ],
    [{ name: 'a b', threshold: 0.5 }, 'name: must be 1 to 64 letters, digits, dots, dashes and underscores'],
  ])('%j: %s', (value, expected) => {
    expect(problems(value)).toBe(expected);
  });

  it('with points that do not rise is refused', () => {
    const points = [
      { raw: 0.2, calibrated: 0.5 },
      { raw: 0.6, calibrated: 0.4 },
    ];
    expect(problems({ name: 'a', threshold: 0.5, calibration: { type: 'isotonic', points } })).toBe(
      'calibration.points: must rise from point to point',
    );
  });

  it('says its target, or that its threshold is fixed', () => {
    expect(targetOf({ target: { cloud_share: 0.3 } })).toEqual({ type: 'cloud_share', value: 0.3 });
    expect(targetOf({})).toEqual({ type: 'fixed' });
  });
});

describe('what a candidate would do', () => {
  const trials = drawLog(1);
  const known = {
    rawProbability: 0.4,
    probability: 0.7,
    threshold: 0.5,
    signals: [{ name: 'code', weight: -1 }],
  };
  const actions = (file: CandidatePolicy, exploration = 0) =>
    candidateOn(trials, file, GROUND).actionProbabilities(known, exploration);

  it('goes on with the calibration in force unless it brings its own', () => {
    const raw: CandidatePolicy = { name: 'a', threshold: 0.5, calibration: { type: 'identity' } };
    expect(actions({ name: 'a', threshold: 0.5 })).toEqual({ edge: 1, cloud: 0, check: 0 });
    expect(actions(raw)).toEqual({ edge: 0, cloud: 1, check: 0 });
  });

  it('hears the signals that it weighs', () => {
    const wary = { name: 'a', threshold: 0.5, signal_weights: { code: -2 } };
    expect(actions(wary)).toEqual({ edge: 0, cloud: 1, check: 0 });
    expect(actions({ ...wary, signal_weights: { poetry: -2 } })).toEqual({ edge: 1, cloud: 0, check: 0 });
  });

  it('checks what is near its threshold', () => {
    expect(actions({ name: 'a', threshold: 0.65, band: 0.1 })).toEqual({ edge: 0, cloud: 0, check: 1 });
  });

  it('leaves to chance what the log left, or what its file says', () => {
    expect(actions({ name: 'a', threshold: 0.5 }, 0.02)).toEqual({ edge: 0.99, cloud: 0.01, check: 0 });
    expect(actions({ name: 'a', threshold: 0.5, exploration: 0 }, 0.02)).toEqual({
      edge: 1,
      cloud: 0,
      check: 0,
    });
  });

  it('turns its target into a threshold on the log’s traffic', () => {
    const { threshold } = candidateOn(trials, { name: 'a', target: { cloud_share: 0.2 } }, GROUND);
    expect(threshold).toBeCloseTo(0.2, 1);
  });
});

describe('the trials of a log', () => {
  const said = (kind: FeedbackRecord['kind'], reward: number, edge: number | null): FeedbackRecord => ({
    id: 's_1',
    atMs: 1,
    kind,
    reward,
    edgeGood: edge,
  });

  it('are decisions that a probability had a say in', () => {
    const records = [
      routeRecord({}),
      routeRecord({ id: 's_2', stage: 'gate' }),
      routeRecord({ id: 's_3', probability: null }),
    ];
    expect(trialsOf(records, []).length).toBe(1);
  });

  it('hold a checked draft apart from both tiers', () => {
    const { outcome } = routeRecord({});
    const checked = routeRecord({ outcome: { ...outcome, check: { fault: null, heldMs: 100 } } });
    expect(trialsOf([checked], [])[0]?.action).toBe('check');
  });

  it('believe a person before a judge, and keep what the judge saw of the other tier', () => {
    const cloud = routeRecord({ chosen: 'cloud', propensity: 0.01 });
    const [trial] = trialsOf([cloud], [said('judge', 1, 0), said('thumbs', 0, null)]);
    expect(trial).toMatchObject({ reward: { value: 0, weight: 1 }, judgedEdge: 0 });
  });

  it('know how much was left to chance, whichever way the draw fell', () => {
    const chances = [
      { action: 'edge', propensity: 0.99 },
      { action: 'edge', propensity: 0.01 },
      { action: 'check', propensity: 0.98 },
      { action: 'cloud', propensity: 1 },
    ] as const;
    expect(chances.map((trial) => explorationOf(trial).toFixed(3))).toEqual([
      '0.020',
      '0.020',
      '0.020',
      '0.000',
    ]);
  });
});
