// A tenant's traffic with known truth: prompts of several kinds, an edge model that is better or worse than the
// classifier believes, a policy that decides and explores, and people and a judge who speak about a part of the answers.
// Everything comes from the seed. What the product would log is in `records` and `feedback`; `truth` is what nobody knows.

import { seededRandom, type Random } from '../../classifier/train/seeded-random.ts';
import { feedbackRecord } from '../../policy/learning/feedback.ts';
import { probabilityOf } from '../../policy/learning/logit.ts';
import type { FeedbackRecord, RouteRecord } from '../../protocol/route-record.ts';
import type { Tier } from '../../protocol/route.ts';

export const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 5);

type Kind = {
  readonly name: string;
  /** Where the classifier's logit lies for prompts of this kind, and how far it spreads. */
  readonly logit: number;
  readonly spread: number;
  /** How often the cloud's answer is good enough. */
  readonly cloudGood: number;
  /** Of the answer, in tokens; the cost of both arms follows from it. */
  readonly tokens: number;
};

const KINDS: readonly Kind[] = [
  { name: 'small talk', logit: 2.6, spread: 0.6, cloudGood: 0.98, tokens: 80 },
  { name: 'everyday question', logit: 1.2, spread: 0.9, cloudGood: 0.97, tokens: 250 },
  { name: 'code', logit: -0.2, spread: 1, cloudGood: 0.95, tokens: 500 },
  { name: 'mathematics', logit: -1.4, spread: 0.8, cloudGood: 0.93, tokens: 400 },
];

/** Share of each kind, in their order. */
export const EVERYDAY_MIX: readonly number[] = [0.25, 0.35, 0.2, 0.2];
/** A tenant who began to use the product for homework. */
export const DRIFTED_MIX: readonly number[] = [0.08, 0.22, 0.3, 0.4];

/** Answers differ in length by this factor of e; the estimates do not know it. */
const TOKEN_SPREAD = 0.5;

/** What answers really cost on average, by their estimate: the mean of a lognormal factor is above its median. */
export const COST_PER_ESTIMATE = Math.exp(TOKEN_SPREAD ** 2 / 2);

const EDGE_USD_PER_TOKEN = 4e-7;
const CLOUD_USD_PER_TOKEN = 4e-6;

export type Month = {
  readonly seed: number;
  readonly days: number;
  readonly perDay: number;
  /** Edge iff the classifier's probability reaches this. */
  readonly threshold: number;
  readonly exploration: number;
  /** The edge model's true logit is intercept + slope × the classifier's, and some noise that no prompt tells. */
  readonly edge: { readonly slope: number; readonly intercept: number };
  /** Share of answers about which a person says something. */
  readonly feedbackShare: number;
  /** How much more readily they speak of a bad answer; 1 = alike. */
  readonly complaints: number;
  /** Share of answers of which a judge sees both tiers'. */
  readonly judgeShare: number;
  readonly mixOn: (day: number) => readonly number[];
};

export const PLAIN_MONTH: Omit<Month, 'seed'> = {
  days: 30,
  perDay: 1_500,
  threshold: 0.58,
  exploration: 0.02,
  edge: { slope: 1, intercept: 0 },
  feedbackShare: 0.2,
  complaints: 1,
  judgeShare: 0.02,
  mixOn: () => EVERYDAY_MIX,
};

/** What is true of one record: the chance that each tier's answer is good enough. */
export type Truth = { readonly edge: number; readonly cloud: number };

export type SimulatedTraffic = {
  readonly records: readonly RouteRecord[];
  readonly feedback: readonly FeedbackRecord[];
  /** In the order of the records. */
  readonly truth: readonly Truth[];
};

export function simulateTraffic(month: Month): SimulatedTraffic {
  const random = seededRandom(month.seed);
  const records: RouteRecord[] = [];
  const feedback: FeedbackRecord[] = [];
  const truth: Truth[] = [];
  for (let index = 0; index < month.days * month.perDay; index += 1) {
    const atMs = START_MS + Math.floor((index * DAY_MS) / month.perDay);
    const prompt = drawPrompt(month, Math.floor(index / month.perDay), random);
    const record = decide(month, `s_${index}`, atMs, prompt, random);
    const good = { edge: random() < prompt.edgeGood, cloud: random() < prompt.kind.cloudGood };
    records.push(record);
    truth.push({ edge: prompt.edgeGood, cloud: prompt.kind.cloudGood });
    feedback.push(...spoken(month, record, good, random));
  }
  return { records, feedback, truth };
}

type Prompt = {
  readonly kind: Kind;
  readonly logit: number;
  readonly edgeGood: number;
  readonly tokens: number;
};

function drawPrompt(month: Month, day: number, random: Random): Prompt {
  const kind = drawKind(month.mixOn(day), random());
  const logit = kind.logit + kind.spread * normal(random);
  const edgeLogit = month.edge.intercept + month.edge.slope * logit + 0.4 * normal(random);
  const tokens = kind.tokens * Math.exp(TOKEN_SPREAD * normal(random));
  return { kind, logit, edgeGood: probabilityOf(edgeLogit), tokens };
}

function drawKind(mix: readonly number[], draw: number): Kind {
  let rest = draw;
  const at = mix.findIndex((share) => (rest -= share) < 0);
  const kind = KINDS[at < 0 ? KINDS.length - 1 : at];
  if (kind === undefined) throw new Error('the mix names more kinds than there are');
  return kind;
}

function decide(month: Month, id: string, atMs: number, prompt: Prompt, random: Random): RouteRecord {
  const rawProbability = probabilityOf(prompt.logit);
  const plain: Tier = rawProbability >= month.threshold ? 'edge' : 'cloud';
  const isDrawn = random() < month.exploration;
  const chosen: Tier = !isDrawn ? plain : random() < 0.5 ? 'edge' : 'cloud';
  const estimates = {
    edge: prompt.kind.tokens * EDGE_USD_PER_TOKEN,
    cloud: prompt.kind.tokens * CLOUD_USD_PER_TOKEN,
  };
  const paid = prompt.tokens * (chosen === 'edge' ? EDGE_USD_PER_TOKEN : CLOUD_USD_PER_TOKEN);
  const arm = (tier: Tier) => ({ tier, model: tier, costUsd: estimates[tier], firstTokenMs: null });
  return {
    id,
    atMs,
    policyVersion: 'simulated',
    stage: isDrawn ? 'exploration' : 'classifier',
    chosen,
    propensity: chosen === plain ? 1 - month.exploration / 2 : month.exploration / 2,
    rawProbability,
    probability: rawProbability,
    threshold: month.threshold,
    signals: [{ name: prompt.kind.name, weight: prompt.logit }],
    features: [],
    arms: chosen === 'edge' ? [arm('edge'), arm('cloud')] : [arm('cloud'), arm('edge')],
    edgeModel: 'edge',
    outcome: {
      shown: chosen,
      end: 'completed',
      check: null,
      firstTokenMs: 200,
      totalMs: 2_000,
      costUsd: paid,
    },
  };
}

function spoken(
  month: Month,
  record: RouteRecord,
  good: Readonly<Record<Tier, boolean>>,
  random: Random,
): readonly FeedbackRecord[] {
  const { id, atMs, outcome } = record;
  const isGood = good[outcome.shown];
  const list: FeedbackRecord[] = [];
  const thumbs = month.feedbackShare * (isGood ? 1 : month.complaints);
  const draw = random();
  if (draw < thumbs * (isGood ? 1 : 0.8)) {
    list.push(feedbackRecord({ kind: 'thumbs', stream: id, isUp: isGood }, outcome, atMs));
  } else if (draw < thumbs * (isGood ? 1.05 : 1.2)) {
    // Half of those who ask again after a bad answer would have said so otherwise; some ask out of curiosity.
    list.push(feedbackRecord({ kind: 'regenerate', stream: id }, outcome, atMs));
  }
  if (random() < month.judgeShare) {
    list.push({ id, atMs, kind: 'judge', reward: isGood ? 1 : 0, edgeGood: good.edge ? 1 : 0 });
  }
  return list;
}

/** Box and Muller's method. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
