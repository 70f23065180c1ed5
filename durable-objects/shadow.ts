// Runs shadows after answers were shown: the other tier answers the same request, a judge compares both, and only the
// verdict leaves. Invariants: nobody waits for it, and it never rejects; one at a time for each object, so that it
// takes little from generations; both answers live in memory only, and are neither stored nor logged.

import type { ChatRequest } from '../protocol/chat-request.ts';
import type { StreamEvent } from '../protocol/events.ts';
import type { Plan, UpstreamTarget } from '../protocol/plan.ts';
import type { FeedbackRecord } from '../protocol/route-record.ts';
import type { Tier } from '../protocol/route.ts';
import type { ShadowPlan } from '../protocol/shadow.ts';
import { judgeFeedback, judgeRequest, otherTier, parseVerdict } from '../policy/shadow-judge.ts';
import { usageCostUsd } from '../policy/usage-cost.ts';
import { DraftCall, type Batches } from './draft-call.ts';
import type { EndpointEnv } from './endpoints.ts';
import { logFailure } from './log-failure.ts';
import { upstreamAnswer } from './upstream-answer.ts';

/** What is needed of a plan, once it has a shadow. */
export type ShadowedPlan = Pick<
  Plan,
  'streamId' | 'createdMs' | 'tenantObject' | 'request' | 'limits' | 'locality' | 'inputTokens' | 'prices'
> & { readonly shadow: ShadowPlan };

/** The answer that was shown, when it was shown whole. */
export type ShownAnswer = { readonly tier: Tier; readonly text: string };

export type ShadowOutcome = {
  readonly id: string;
  readonly createdMs: number;
  readonly tenantObject: string;
  /** Null: no verdict. */
  readonly feedback: FeedbackRecord | null;
  /** Of both calls. */
  readonly costUsd: number;
};

export type ShadowPorts = {
  readonly env: EndpointEnv;
  readonly report: (outcome: ShadowOutcome) => Promise<void>;
};

const SHADOW_TOKENS = 512;

/** Longer answers are not compared: the shadow's would be cut at its limit, and a cut answer always loses. */
const MAX_SHOWN_UNITS = 2_400;

/** For each of the two calls. */
const CALL_MS = 60_000;

/** 64 bits: an answer that was made before cannot contain it. */
const MARK_BYTES = 8;

type Call = { readonly text: string | null; readonly costUsd: number };

export class Shadows {
  readonly #ports: ShadowPorts;
  #isRunning = false;

  constructor(ports: ShadowPorts) {
    this.#ports = ports;
  }

  /** Call it when the generation is over. Keep the object alive with the returned promise. */
  async run(plan: ShadowedPlan, shown: ShownAnswer): Promise<void> {
    // A draft that was not good enough was replaced by the other tier's answer: both would be the same model's.
    const isComparable = shown.tier !== plan.shadow.other.tier && isComparableText(shown.text);
    if (this.#isRunning || !isComparable || plan.locality === 'edge-only') return;
    this.#isRunning = true;
    try {
      await this.#compare(plan, shown);
    } catch (error) {
      logFailure('shadow', error);
    } finally {
      this.#isRunning = false;
    }
  }

  async #compare(plan: ShadowedPlan, shown: ShownAnswer): Promise<void> {
    const { shadow, streamId: id, createdMs, tenantObject } = plan;
    const maxOutputTokens = Math.min(SHADOW_TOKENS, plan.request.maxOutputTokens ?? SHADOW_TOKENS);
    const other = await this.#ask(plan, shadow.other, { ...plan.request, maxOutputTokens });
    let { costUsd } = other;
    let feedback: FeedbackRecord | null = null;
    if (other.text !== null && isComparableText(other.text)) {
      const order = { first: Math.random() < 0.5 ? 'edge' : 'cloud', mark: newMark() } as const;
      const answers = pairOf(shown, other.text);
      const verdict = await this.#ask(plan, shadow.judge, judgeRequest(plan.request, answers, order));
      costUsd += verdict.costUsd;
      const scores = verdict.text === null ? null : parseVerdict(verdict.text, order);
      feedback = scores === null ? null : judgeFeedback(scores, { id, shown: shown.tier, atMs: Date.now() });
    }
    await this.#ports.report({ id, createdMs, tenantObject, feedback, costUsd });
  }

  async #ask(
    plan: ShadowedPlan,
    asked: { readonly model: string; readonly target: UpstreamTarget },
    request: ChatRequest,
  ): Promise<Call> {
    const limits = { ...plan.limits, totalMs: Math.min(CALL_MS, plan.limits.totalMs) };
    const { env } = this.#ports;
    const { target, model } = asked;
    const stop = new AbortController();
    const { locality } = plan;
    const source = (dropped: AbortSignal): Batches =>
      upstreamAnswer({ target, request, limits, env, locality, stop: dropped });
    const call = new DraftCall(source, stop.signal, plan.inputTokens);
    try {
      await call.complete();
      return { text: textOfCall(call), costUsd: costOf(call, plan.prices[model]) };
    } finally {
      await call.drop();
    }
  }
}

/** The text of a log; null unless it is a whole answer of nothing but text. */
export function shownText(events: Iterable<StreamEvent>): string | null {
  let text = '';
  let isWhole = false;
  for (const event of events) {
    if (event.type === 'tool_start') return null;
    if (event.type === 'text_delta') text += event.text;
    if (event.type === 'done') isWhole = event.finish_reason === 'stop';
  }
  return isWhole ? text : null;
}

/** The whole text of a call that ended by itself; null for one that failed, was cut, or did something else than write. */
function textOfCall({ held, ended, failure }: DraftCall): string | null {
  const end = held.at(-1);
  if (!ended || failure !== null || end?.type !== 'finish' || end.reason !== 'stop') return null;
  return held.map((event) => (event.type === 'text_delta' ? event.text : '')).join('');
}

function costOf({ usage }: DraftCall, price: ShadowedPlan['prices'][string] | undefined): number {
  return usage === null ? 0 : usageCostUsd(usage, price);
}

function isComparableText(text: string): boolean {
  return text.trim() !== '' && text.length <= MAX_SHOWN_UNITS;
}

function pairOf(shown: ShownAnswer, other: string): Readonly<Record<Tier, string>> {
  const pair: Record<Tier, string> = { edge: shown.text, cloud: shown.text };
  pair[otherTier(shown.tier)] = other;
  return pair;
}

function newMark(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(MARK_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
