// The promise: operators see what quotas refused, told in sums, and nothing that a model failed at is among it.

import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import type { RefusalCount } from '../protocol/generation-record.ts';
import config from '../edgeways.config.json';
import { app } from '../worker/app.ts';

const { $schema: _, ...CONFIG } = config;

it('refusals by a quota are told together, failures of models are not', async () => {
  const told: RefusalCount[][] = [];
  const STATS = {
    idFromName: () => '',
    get: () => ({
      record: async () => undefined,
      refused: async (counts: RefusalCount[]) => told.push(counts),
    }),
  };
  const EDGEWAYS_CONFIG = JSON.stringify({ ...CONFIG, local_limits: { requests_per_minute: 1 } });
  const bindings = { ...env, STATS, EDGEWAYS_CONFIG };
  const later: Promise<unknown>[] = [];
  const ask = async (stop: string): Promise<number> => {
    const body = JSON.stringify({ model: 'auto', stop: [stop], messages: [{ role: 'user', content: 'Hi' }] });
    const headers = { host: 'localhost', 'content-type': 'application/json' };
    const request = new Request('http://localhost/v1/chat/completions', { method: 'POST', headers, body });
    const response = await app.fetch(request, bindings, { waitUntil: (promise) => later.push(promise) });
    await response.text();
    return response.status;
  };
  const statuses = [await ask('standin:fail=500'), await ask('none'), await ask('none')];
  await Promise.all(later);
  expect({ statuses, told }).toEqual({
    statuses: [502, 429, 429],
    told: [[{ tenant: 'local', reason: 'too_many_requests', count: 2 }]],
  });
});
