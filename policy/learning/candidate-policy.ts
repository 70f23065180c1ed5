// A policy that is not in force: a small JSON file, and what it would think of a logged request.
// Invariant: a policy is one target or one threshold, and no key that nobody knows; a slip is refused with its path.

import * as v from 'valibot';
import { ok, refuse, type Result } from '../../protocol/result.ts';
import type { RouteSignal, RouteTarget } from '../../protocol/route.ts';
import type { ConfigProblem } from '../config-problem.ts';
import { calibrationSchema } from './calibration-schema.ts';
import { logitOf, probabilityOf } from './logit.ts';

/** The bound of the configuration: what is random is at most this. */
const MOST_EXPLORATION = 0.02;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Every rule's text is the end of a sentence that starts with the field's path. */
function between(low: number, high: number) {
  const message = `must be a number from ${low} to ${high}`;
  return v.pipe(v.number(message), v.minValue(low, message), v.maxValue(high, message));
}

const target = v.pipe(
  v.strictObject({
    cloud_share: v.exactOptional(between(0, 1)),
    quality: v.exactOptional(between(0, 1)),
    max_usd_per_1k: v.exactOptional(
      v.pipe(v.number('must be a number'), v.gtValue(0, 'must be more than 0')),
    ),
  }),
  v.check(
    (keys) => Object.keys(keys).length === 1,
    'must have exactly one of cloud_share, quality and max_usd_per_1k',
  ),
);

const policySchema = v.pipe(
  v.strictObject({
    $schema: v.exactOptional(v.string('must be a string')),
    name: v.pipe(
      v.string('must be a string'),
      v.regex(NAME, 'must be 1 to 64 letters, digits, dots, dashes and underscores'),
    ),
    target: v.exactOptional(target),
    threshold: v.exactOptional(between(0, 1)),
    /** Around the threshold the edge's draft is checked before it is shown. Left out: as it is today. */
    band: v.exactOptional(between(0, 0.5)),
    /** Left out: the one in force when the log was written. */
    calibration: v.exactOptional(calibrationSchema),
    /** Added to the logit when the signal is among those that the decision names. */
    signal_weights: v.exactOptional(
      v.pipe(v.record(v.string(), between(-10, 10)), v.maxEntries(100, 'must have at most 100 entries')),
    ),
    exploration: v.exactOptional(between(0, MOST_EXPLORATION)),
  }),
  v.check(
    (keys) => (keys.target === undefined) !== (keys.threshold === undefined),
    'must have either target or threshold',
  ),
);

export type CandidatePolicy = v.InferOutput<typeof policySchema>;

/** @param value - what JSON.parse made of the file */
export function parsePolicy(value: unknown): Result<CandidatePolicy, readonly ConfigProblem[]> {
  const parsed = v.safeParse(policySchema, value);
  return parsed.success ? ok(parsed.output) : refuse(parsed.issues.map(problemOf));
}

function problemOf(issue: v.BaseIssue<unknown>): ConfigProblem {
  const path = v.getDotPath(issue) ?? '';
  if (issue.expected === 'never') {
    return { path, message: 'unknown key', remedy: 'Remove it or correct its spelling.' };
  }
  if (issue.input === undefined) return { path, message: 'required, but missing', remedy: 'Add it.' };
  return { path, message: issue.message, remedy: 'Correct the value.' };
}

export function targetOf({ target: asked }: Pick<CandidatePolicy, 'target'>): RouteTarget {
  if (asked?.cloud_share !== undefined) return { type: 'cloud_share', value: asked.cloud_share };
  if (asked?.quality !== undefined) return { type: 'quality', value: asked.quality };
  if (asked?.max_usd_per_1k !== undefined) return { type: 'max_usd_per_1k', value: asked.max_usd_per_1k };
  return { type: 'fixed' };
}

/** A probability with the policy's own opinion of the named signals; a calibration comes after it. */
export function adjustedProbability(
  { signal_weights: extra }: Pick<CandidatePolicy, 'signal_weights'>,
  probability: number,
  signals: readonly RouteSignal[],
): number {
  if (extra === undefined) return probability;
  const added = signals.reduce(
    (sum, { name }) => sum + (Object.hasOwn(extra, name) ? (extra[name] ?? 0) : 0),
    0,
  );
  return added === 0 ? probability : probabilityOf(logitOf(probability) + added);
}
