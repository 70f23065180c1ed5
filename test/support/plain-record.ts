// A record of a decision, complete and plain, of which a test changes what it is about.

import type { RouteRecord } from '../../protocol/route-record.ts';

export function routeRecord(changes: Partial<RouteRecord>): RouteRecord {
  return {
    id: 's_1',
    atMs: 1_000,
    policyVersion: '0123456789ab',
    stage: 'classifier',
    chosen: 'edge',
    propensity: 0.99,
    rawProbability: 0.8,
    probability: 0.8,
    threshold: 0.58,
    signals: [{ name: 'short question', weight: 0.9 }],
    features: [1, 2],
    arms: [
      { tier: 'edge', model: 'small', costUsd: 0.001, firstTokenMs: 100 },
      { tier: 'cloud', model: 'large', costUsd: 0.01, firstTokenMs: null },
    ],
    edgeModel: 'small',
    outcome: { shown: 'edge', end: 'completed', check: null, firstTokenMs: 90, totalMs: 900, costUsd: 0.001 },
    ...changes,
  };
}
