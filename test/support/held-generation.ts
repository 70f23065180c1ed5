// One generation with nothing around it: a model, a tenant and a disk that a test plays by hand.
// Runs inside workerd, because an upstream's body is read with `readAtLeast`.

import { env } from 'cloudflare:workers';
import { aDecision } from './a-route.ts';
import type { AdmissionOutcome, LeaseEnd } from '../../protocol/admission.ts';
import type { DisconnectPolicy, Durability, Plan } from '../../protocol/plan.ts';
import type { LogStore, StoredPage } from '../../replay/log-store.ts';
import { Generation } from '../../durable-objects/generation.ts';

export type HeldGeneration = {
  readonly generation: Generation;
  readonly store: MemoryStore;
  readonly admission: PromiseWithResolvers<AdmissionOutcome>;
  /** Resolves when the upstream's body was cancelled. */
  readonly upstreamClosed: Promise<void>;
  readonly ends: { readonly end: LeaseEnd; readonly usedTokens: number | null }[];
  say(text: string): void;
  /** The upstream closes its body without a sign of completeness. */
  cut(): void;
};

export const GRANTED: AdmissionOutcome = { type: 'granted', headroom: 9 };
export const REFUSED: AdmissionOutcome = {
  type: 'refused',
  refusal: { reason: 'too_many_streams', limit: 1, retryAfterMs: 1000 },
};

/** Keeps the newest rows; refuses every write while `isFull`. */
export class MemoryStore implements LogStore {
  isFull = false;
  /** Writes that were refused. */
  refusals = 0;
  header: string | null = null;
  readonly pages = new Map<number, StoredPage>();

  readHeader(): string | null {
    return this.header;
  }

  writeHeader(body: string): void {
    this.header = body;
  }

  writePage(page: StoredPage): void {
    this.pages.set(page.firstSeq, page);
  }

  pageAt(seq: number): StoredPage | null {
    return [...this.pages.values()].findLast((page) => page.firstSeq <= seq) ?? null;
  }

  lastPage(): StoredPage | null {
    return [...this.pages.values()].at(-1) ?? null;
  }

  replacePages(pages: readonly StoredPage[]): void {
    this.pages.clear();
    for (const page of pages) this.writePage(page);
  }

  transaction(change: () => void): void {
    if (!this.isFull) return change();
    this.refusals++;
    throw new Error('the disk is full');
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }
}

export function holdGeneration(
  choice: { onDisconnect?: DisconnectPolicy; durability?: Durability } = {},
): HeldGeneration {
  const closed = Promise.withResolvers<void>();
  const admission = Promise.withResolvers<AdmissionOutcome>();
  const ends: { end: LeaseEnd; usedTokens: number | null }[] = [];
  const store = new MemoryStore();
  let upstream: ReadableByteStreamController | null = null;
  const body = new ReadableStream({
    type: 'bytes',
    start: (controller) => {
      upstream = controller;
    },
    cancel: () => closed.resolve(),
  });
  const generation = new Generation(heldPlan(choice), {
    env: { HEALTH: env.HEALTH, AI: { run: () => Promise.resolve(body) } },
    store,
    admit: () => admission.promise,
    onAccepted: () => undefined,
    onEnd: (end, usedTokens) => ends.push({ end, usedTokens }),
    onReaders: () => undefined,
    waitUntil: () => undefined,
  });
  const say = (text: string): void => {
    const line = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text }, finish_reason: null }] })}\n\n`;
    upstream?.enqueue(new TextEncoder().encode(line));
  };
  const cut = (): void => upstream?.close();
  return { generation, store, admission, upstreamClosed: closed.promise, ends, say, cut };
}

/** Short enough for a test, long enough that only what is tested happens. */
const LIMITS: Plan['limits'] = {
  connectMs: 5000,
  firstContentMs: 30_000,
  idleMs: 60_000,
  totalMs: 840_000,
  headHoldMs: 4000,
  heartbeatMs: 10_000,
  maxUpstreamEventBytes: 1024 * 1024,
  maxAnswerBytes: 1024 * 1024,
  maxFollowers: 32,
  retentionMs: 60_000,
};

/** No other model, no second try, no cache. */
const UNAIDED = {
  canPrefill: false,
  leavesOut: [],
  failover: {
    onUpstreamLoss: 'error',
    fallbacks: [],
    maxCalls: 1,
    maxContinuations: 0,
    hedges: false,
    breaks: false,
    retryRatio: 0,
  },
  cache: null,
  cached: null,
} as const;

/** A plan of a generation with one model, at its own endpoint. */
export function heldPlan({
  onDisconnect = { type: 'continue' },
  durability = 'batched',
}: Partial<Plan>): Plan {
  const generation = 'aaaaaaaaaaaaaaaa';
  return {
    streamId: 's_held',
    generation,
    tenant: 'a',
    tenantObject: 'a-object',
    conversation: 'c',
    createdMs: Date.now(),
    inputTokens: 12,
    decision: aDecision({ model: 'small', stage: 'gate', probability: null }),
    evidence: { rawProbability: null, features: [], edgeModel: 'small' },
    isRecorded: false,
    analytics: null,
    locality: 'any',
    target: { provider: 'workers-ai', endpoint: 'edge', upstreamModel: 'small-upstream' },
    ...UNAIDED,
    answerCheck: null,
    shadow: null,
    prices: {},
    request: {
      model: 'edge',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      stream: true,
      includeUsage: false,
      maxOutputTokens: 8192,
      tools: [],
      parameters: {},
    },
    format: 'c',
    durability,
    onDisconnect,
    limits: LIMITS,
    admission: { type: 'granted', headroom: 9 },
  };
}
