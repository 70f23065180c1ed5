// A tenant's log as GET /v1/decisions exports it (one JSON object a line) → records that can be trusted.
// Invariants: of a decision or of one kind of feedback on it that comes twice the last one counts, so pages may overlap;
// fields that nobody here needs are ignored, so that a newer export can be read. A bad line is refused with its number.

import * as v from 'valibot';
import type { DraftFault } from '../../protocol/answer-check.ts';
import { ok, refuse, type Result } from '../../protocol/result.ts';
import type { FeedbackRecord, RouteRecord } from '../../protocol/route-record.ts';

export type DecisionLines = {
  readonly records: readonly RouteRecord[];
  readonly feedback: readonly FeedbackRecord[];
};

export type LineProblem = { readonly line: number; readonly message: string };

const number = v.pipe(v.number('must be a number'), v.finite('must be finite'));
const share = v.pipe(number, v.minValue(0, 'must be 0 to 1'), v.maxValue(1, 'must be 0 to 1'));
const usd = v.pipe(number, v.minValue(0, 'must be at least 0'));
const text = v.string('must be text');
const tier = v.picklist(['edge', 'cloud'], 'must be edge or cloud');

/** A newer version may know more faults; nothing here depends on which it is. */
const fault = v.custom<DraftFault>((value) => typeof value === 'string', 'must be text');

const decision = v.object({
  type: v.literal('decision'),
  id: text,
  atMs: number,
  policyVersion: text,
  stage: v.picklist(
    ['gate', 'rule', 'conversation', 'classifier', 'exploration', 'answer_check'],
    'must be a stage of the decision',
  ),
  chosen: tier,
  // A decision that could not have been taken was not: a weight of one over nothing would swallow the log.
  propensity: v.pipe(share, v.gtValue(0, 'must be more than 0')),
  rawProbability: v.nullable(share),
  probability: v.nullable(share),
  threshold: number,
  signals: v.array(v.object({ name: text, weight: number })),
  features: v.array(number),
  arms: v.array(v.object({ tier, model: text, costUsd: usd, firstTokenMs: v.nullable(number) })),
  edgeModel: text,
  outcome: v.object({
    shown: tier,
    end: v.picklist(['completed', 'stopped', 'failed'], 'must be completed, stopped or failed'),
    check: v.nullable(v.object({ fault: v.nullable(fault), heldMs: number })),
    firstTokenMs: v.nullable(number),
    totalMs: number,
    costUsd: usd,
  }),
});

const feedback = v.object({
  type: v.literal('feedback'),
  id: text,
  atMs: number,
  kind: v.picklist(['thumbs', 'preferred_tier', 'regenerate', 'judge'], 'must be a kind of feedback'),
  reward: share,
  edgeGood: v.nullable(share),
});

const line = v.variant('type', [decision, feedback], 'must be a decision or a feedback');

export function parseLog(content: string): Result<DecisionLines, LineProblem> {
  const records = new Map<string, RouteRecord>();
  const said = new Map<string, FeedbackRecord>();
  for (const [index, row] of content.split('\n').entries()) {
    if (row.trim() === '') continue;
    const parsed = v.safeParse(line, jsonOf(row), { abortEarly: true });
    if (!parsed.success) return refuse({ line: index + 1, message: messageOf(parsed.issues[0]) });
    const { type: _type, ...record } = parsed.output;
    if ('kind' in record) said.set(`${record.id} ${record.kind}`, record);
    else records.set(record.id, record);
  }
  return ok({ records: [...records.values()], feedback: [...said.values()] });
}

/** Undefined when it is no JSON, which no schema takes. */
function jsonOf(row: string): unknown {
  try {
    return JSON.parse(row);
  } catch {
    return undefined;
  }
}

function messageOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  if (path === null) return 'is no JSON object. Export the log again with GET /v1/decisions';
  return `${path} ${issue.input === undefined ? 'is missing' : issue.message}`;
}
