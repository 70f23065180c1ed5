// The plan: everything a Conversation needs to run one generation, decided in the Worker.
// It crosses the object boundary as JSON; it carries no secret and no client header.

import type { AnswerCheckPlan } from './answer-check.ts';
import type { CachedAnswer } from './cached-answer.ts';
import type { ChatRequest } from './chat-request.ts';
import type { FormatLetter } from './cursor.ts';
import type { RouteDecision, Tier } from './route.ts';
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
  /** Name of an endpoint: `edge`, `cloud`, or one of the configuration's own. */
  readonly endpoint: string;
  /** The upstream's own name for the model. */
  readonly upstreamModel: string;
  /** Where a configured endpoint is; left out for `edge` and `cloud`, which are the deployment's. */
  readonly server?: UpstreamServer;
  /** Cloudflare AI Gateway in front of the Workers AI binding; left out when there is none. */
  readonly gatewayId?: string;
  /** One of the provider's flavours; left out when the server keeps to the dialect. */
  readonly flavour?: string;
};

/** A server over HTTP as the configuration names it. The key itself never travels: only the name of its secret. */
export type UpstreamServer = {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Name of the secret with the API key; null: the server takes none. */
  readonly keyVariable: string | null;
};

/** One model that may give an answer. */
export type Candidate = {
  readonly tier: Tier;
  /** The configured model id. */
  readonly model: string;
  readonly target: UpstreamTarget;
  /** The answer's limit in tokens for this model; null = the model's own. */
  readonly maxOutputTokens: number | null;
  /** It goes on with an answer whose beginning stands in the last message. */
  readonly canPrefill: boolean;
  /** Indices into `request.messages` that are left out for this model, whose context is too small for all of them. */
  readonly leavesOut: readonly number[];
};

/** What happens when the upstream is lost after content was sent: go on with another call, or end with an error. */
export type UpstreamLossPolicy = 'continue' | 'error';

/** How an answer is kept alive. Durations in milliseconds. */
export type FailoverPlan = {
  readonly onUpstreamLoss: UpstreamLossPolicy;
  /** Models to go to after the planned one, in order; the planned one itself may be asked again. */
  readonly fallbacks: readonly Candidate[];
  /** Calls at most until the first content, the first one and hedges counted. */
  readonly maxCalls: number;
  /** Calls at most that go on with a lost answer. */
  readonly maxContinuations: number;
  /** Start the next candidate when the first token is later than the model's own p95, and take whichever is first. */
  readonly hedges: boolean;
  /** Whether a model that fails is left out for a while. */
  readonly breaks: boolean;
  /** Extra calls for each call of the deployment that are allowed on average, 0..1: retries and failovers of a storm. */
  readonly retryRatio: number;
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
export type TokenPrice = {
  readonly inputUsdPerMtok: number;
  readonly outputUsdPerMtok: number;
  /** For input from the provider's prompt cache; left out: as other input. */
  readonly cachedInputUsdPerMtok?: number;
};

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
  /** Left out when the tenant has no budget: its spending is not counted then. */
  readonly money?: LeaseMoney;
};

/** What a generation may cost, and of what it is taken. */
export type LeaseMoney = {
  /** The highest cost of every call that may be made, in US dollars: reserved, reconciled at release. */
  readonly estimatedUsd: number;
  readonly budget: Budget;
};

/** US dollars that a tenant may spend in a day and in a month (UTC); null = as much as it likes. */
export type Budget = {
  readonly usdPerDay: number | null;
  readonly usdPerMonth: number | null;
  /** A request that may cost more than is left: the edge answers, or it is refused for good or until the period ends. */
  readonly over: 'edge' | 'refuse' | 'wait';
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

/** Where the answer goes when it is done. Nothing here is readable text. */
export type CachePlan = {
  /** Name of the tenant's cache object (an HMAC). */
  readonly cacheObject: string;
  /** SHA-256 of the canonical request, hex. */
  readonly key: string;
  /** How long the answer may be repeated, in milliseconds. */
  readonly ttlMs: number;
  /** As in `CacheBounds`. */
  readonly maxEntries: number;
  readonly maxAnswerBytes: number;
};

/** What a generation's record for operators needs beside what was seen of its answer. */
export type AnalyticsPlan = {
  /** Unix ms at which the Worker got the request. */
  readonly receivedMs: number;
  /** How many objects keep the statistics. */
  readonly shards: number;
  /** What the cloud would have cost, for an answer of the edge. */
  readonly cloudPrice: TokenPrice;
};

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
  /** Null: operators see nothing of it. */
  readonly analytics: AnalyticsPlan | null;
  readonly locality: DataLocality;
  readonly target: UpstreamTarget;
  /** Like `Candidate`, for the planned model. */
  readonly canPrefill: boolean;
  readonly leavesOut: readonly number[];
  readonly failover: FailoverPlan;
  /** Where a finished answer is kept for the same request of the same tenant; null: it is not. */
  readonly cache: CachePlan | null;
  /** The answer, when it was kept before: it is repeated and nobody is called. */
  readonly cached: CachedAnswer | null;
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
