// The plan: everything a Conversation needs to run one generation, decided in the Worker.
// It crosses the object boundary as JSON; it carries no secret and no client header.

import type { AnswerCheckPlan } from './answer-check.ts';
import type { ChatRequest } from './chat-request.ts';
import type { FormatLetter } from './cursor.ts';
import type { RouteDecision } from './route.ts';
import type { ShadowPlan } from './shadow.ts';

/** What happens when nobody reads any more. `linger`: stop after that long without a reader. */
export type DisconnectPolicy =
  | { readonly type: 'continue' }
  | { readonly type: 'abort' }
  | { readonly type: 'linger'; readonly lingerMs: number };

/** `batched`: delivered at once, persisted within 250 ms. `strict`: persisted before delivered. */
export type Durability = 'batched' | 'strict';

/** Where the answer comes from: a provider's wire format and the endpoint it is spoken to. */
export type UpstreamTarget = {
  /** Name of a folder in `providers/`. */
  readonly provider: string;
  /** Name of an endpoint in the deployment: `edge` or `cloud`. */
  readonly endpoint: string;
  /** The upstream's own name for the model. */
  readonly upstreamModel: string;
};

/** `edge-only`: the prompt may not leave the edge tier, whatever a check or a failure would suggest. */
export type DataLocality = 'any' | 'edge-only';

/** What the decision was made from, kept for its record; no text. */
export type RouteEvidence = {
  /** The classifier's own probability, before calibration; null when it did not run. */
  readonly rawProbability: number | null;
  /** 32-bit hashes of the strongest wording, at most 16. */
  readonly features: readonly number[];
  /** The edge model whose goodness the probability is about. */
  readonly edgeModel: string;
};

/** US dollars for a million tokens. */
export type TokenPrice = { readonly inputUsdPerMtok: number; readonly outputUsdPerMtok: number };

/** Limits of one generation. All durations in milliseconds, all sizes in bytes. */
export type GenerationLimits = {
  readonly connectMs: number;
  readonly firstContentMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
  readonly headHoldMs: number;
  readonly heartbeatMs: number;
  readonly maxUpstreamEventBytes: number;
  readonly maxAnswerBytes: number;
  readonly maxFollowers: number;
  readonly retentionMs: number;
};

/** What the Tenant needs to grant a lease; see `admission.ts`. */
export type LeaseRequest = {
  readonly streamId: string;
  /** Hash that names the API key; buckets per minute are kept per key. */
  readonly keyId: string;
  /** The client's address, or null when there is none. */
  readonly address: string | null;
  /** Input estimate plus the output limit, in tokens: reserved, reconciled at release. */
  readonly estimatedTokens: number;
  /** SHA-256 of tenant, conversation header and body, hex. */
  readonly bodyHash: string;
  readonly idempotencyKey: string | null;
  /** True when the client says it is retrying (`x-stainless-retry-count` ≥ 1). */
  readonly isRetry: boolean;
  readonly limits: TenantLimits;
};

/** Limits of a tenant; null = unlimited. */
export type TenantLimits = {
  readonly concurrentStreams: number;
  readonly streamsPerAddress: number | null;
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
};

/** `granted`: the Worker already holds the lease. `ask`: the Conversation takes it in parallel with the upstream call. */
export type Admission =
  | { readonly type: 'granted'; readonly headroom: number }
  | { readonly type: 'ask'; readonly lease: LeaseRequest };

export type Plan = {
  readonly streamId: string;
  readonly generation: string;
  readonly tenant: string;
  /** Name of the tenant's object (an HMAC): where the lease is asked, renewed and released. */
  readonly tenantObject: string;
  /** The conversation's name as the client knows it. */
  readonly conversation: string;
  readonly createdMs: number;
  /** Estimate of the input in tokens, for usage when the upstream does not tell it. */
  readonly inputTokens: number;
  readonly decision: RouteDecision;
  readonly evidence: RouteEvidence;
  /** Whether the decision and its outcome are recorded with the tenant. */
  readonly isRecorded: boolean;
  readonly locality: DataLocality;
  readonly target: UpstreamTarget;
  /** Null: the answer is shown as it comes. Else `target` makes a draft that is checked before it is shown. */
  readonly answerCheck: AnswerCheckPlan | null;
  /** Null: nobody answers the request unseen. */
  readonly shadow: ShadowPlan | null;
  /** By model id: every model that this generation may call. */
  readonly prices: Readonly<Record<string, TokenPrice>>;
  readonly request: ChatRequest;
  readonly format: FormatLetter;
  readonly durability: Durability;
  readonly onDisconnect: DisconnectPolicy;
  readonly limits: GenerationLimits;
  readonly admission: Admission;
};
