// POST /v1/feedback → what somebody said → the record that calibration and evaluation learn from.
// Invariants: one stream holds at most one label of each kind, the latest; no text of a person's is ever kept, so a
// comment is refused rather than dropped in silence.

import * as v from 'valibot';
import type { DraftFault } from '../../protocol/answer-check.ts';
import type { Refusal } from '../../protocol/errors.ts';
import { ok, refuse, type Result } from '../../protocol/result.ts';
import type { FeedbackRecord, RouteOutcome } from '../../protocol/route-record.ts';
import type { Tier } from '../../protocol/route.ts';

export type Feedback =
  | { readonly kind: 'thumbs'; readonly stream: string; readonly isUp: boolean }
  | { readonly kind: 'preferred_tier'; readonly stream: string; readonly tier: Tier }
  | { readonly kind: 'regenerate'; readonly stream: string };

const SAYINGS = ['thumbs', 'preferred_tier', 'regenerated'] as const;
const KNOWN_KEYS: readonly string[] = ['stream', ...SAYINGS];

/** The ids we give out are shorter and made of these; whether one exists is for its object to say. */
const STREAM_ID = /^[A-Za-z0-9_.-]{1,200}$/;

const STREAM = v.pipe(
  v.string('must be a stream id: send x-edgeways-stream of the answer'),
  v.regex(STREAM_ID, 'must be a stream id: send x-edgeways-stream of the answer unchanged'),
);

const BODY = v.object({
  stream: v.optional(STREAM),
  thumbs: v.optional(v.picklist(['up', 'down'], 'must be "up" or "down"')),
  preferred_tier: v.optional(v.picklist(['edge', 'cloud'], 'must be "edge" or "cloud"')),
  regenerated: v.optional(v.literal(true, 'must be true: leave it out otherwise')),
});

/** Drafts with these faults were not good enough, whoever looks; the others are suspicions or say nothing of quality. */
const CERTAIN_FAULTS: ReadonlySet<DraftFault> = new Set([
  'empty',
  'refusal',
  'truncated',
  'repetition',
  'invalid_json',
  'invalid_tool_call',
  'wrong_language',
]);

/** @param body - the parsed JSON body. Refuses with `invalid_request` only. */
export function parseFeedback(body: unknown): Result<Feedback, Refusal> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return invalid(null, 'The request body must be a JSON object.');
  }
  const unknown = Object.keys(body).find((key) => !KNOWN_KEYS.includes(key));
  if (unknown !== undefined) return invalid(unknown.slice(0, 100), unknownText(unknown));
  const parsed = v.safeParse(BODY, body, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const field = String(issue.path?.[0].key ?? '');
    return invalid(field, `${field} ${issue.message}.`);
  }
  const said = SAYINGS.filter((key) => parsed.output[key] !== undefined);
  if (parsed.output.stream === undefined) {
    return invalid('stream', 'stream is required: send x-edgeways-stream of the answer.');
  }
  if (said.length !== 1) {
    return invalid(said[1] ?? 'thumbs', 'Send exactly one of thumbs, preferred_tier and regenerated.');
  }
  return ok(toFeedback(parsed.output.stream, parsed.output));
}

function toFeedback(stream: string, said: v.InferOutput<typeof BODY>): Feedback {
  if (said.thumbs !== undefined) return { kind: 'thumbs', stream, isUp: said.thumbs === 'up' };
  if (said.preferred_tier !== undefined) return { kind: 'preferred_tier', stream, tier: said.preferred_tier };
  return { kind: 'regenerate', stream };
}

function unknownText(key: string): string {
  if (key === 'comment') return 'comment is not taken: no text is stored. Leave it out.';
  return `${key.slice(0, 100)} is not known here. Known are ${KNOWN_KEYS.join(', ')}.`;
}

function invalid(param: string | null, message: string): Result<Feedback, Refusal> {
  return refuse({ reason: 'invalid_request', param, message });
}

/**
 * What the feedback says of the answer that was shown, and of the edge. Praise or blame of a cloud answer says nothing
 * of the edge, unless its draft was withheld for a fault that is certain: leaving that out would count the edge's good
 * drafts only.
 */
export function feedbackRecord(
  feedback: Feedback,
  outcome: Pick<RouteOutcome, 'shown' | 'check'>,
  nowMs: number,
): FeedbackRecord {
  const { stream: id, kind } = feedback;
  const reward = rewardOf(feedback, outcome.shown);
  return { id, atMs: nowMs, kind, reward, edgeGood: edgeGoodOf(feedback, outcome, reward) };
}

function rewardOf(feedback: Feedback, shown: Tier): number {
  switch (feedback.kind) {
    case 'thumbs':
      return feedback.isUp ? 1 : 0;
    case 'preferred_tier':
      // Whoever would have taken the edge says that the cloud was not needed, not that its answer was bad.
      return feedback.tier === 'cloud' && shown === 'edge' ? 0 : 1;
    case 'regenerate':
      return 0;
  }
}

function edgeGoodOf(
  feedback: Feedback,
  { shown, check }: Pick<RouteOutcome, 'shown' | 'check'>,
  reward: number,
): number | null {
  if (feedback.kind === 'preferred_tier') return feedback.tier === 'edge' ? 1 : 0;
  if (shown === 'edge') return reward;
  const fault = check?.fault ?? null;
  return fault !== null && CERTAIN_FAULTS.has(fault) ? 0 : null;
}
