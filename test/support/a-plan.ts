// A plan of a plain streamed request for tests of pure code: one model, nobody to help it, nothing kept.

import type { Plan } from '../../protocol/plan.ts';
import { aDecision } from './a-route.ts';

const PLAN: Plan = {
  streamId: 's_planned',
  generation: 'aaaaaaaaaaaaaaaa',
  tenant: 'ann',
  tenantObject: 'ann-object',
  conversation: 'c',
  createdMs: 1_790_000_000_000,
  inputTokens: 12,
  decision: aDecision(),
  evidence: { rawProbability: null, features: [], edgeModel: 'edge-small' },
  isRecorded: false,
  analytics: null,
  locality: 'any',
  target: { provider: 'workers-ai', endpoint: 'edge', upstreamModel: 'small-upstream' },
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
  answerCheck: null,
  shadow: null,
  prices: {},
  request: {
    model: 'auto',
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    stream: true,
    includeUsage: false,
    maxOutputTokens: 8_192,
    tools: [],
    parameters: {},
  },
  format: 'c',
  durability: 'batched',
  onDisconnect: { type: 'continue' },
  limits: {
    connectMs: 5_000,
    firstContentMs: 30_000,
    idleMs: 60_000,
    totalMs: 840_000,
    headHoldMs: 4_000,
    heartbeatMs: 10_000,
    maxUpstreamEventBytes: 1_048_576,
    maxAnswerBytes: 1_048_576,
    maxFollowers: 32,
    retentionMs: 60_000,
  },
  admission: { type: 'granted', headroom: 9 },
};

export function aPlan(changes: Partial<Plan> = {}): Plan {
  return { ...PLAN, ...changes };
}
