// The local product whose statistics a test may fill before anybody asks: `PUT /seed/<shard>` writes the rows of one
// shard as its own book would have written them, into the object's own SQLite.

import { Stats as RealStats } from '../../../durable-objects/stats.ts';
import { StatsTable } from '../../../durable-objects/stats-table.ts';
import type { Lane } from '../../../policy/analytics/stats-store.ts';
import type { Environment } from '../../../worker/environment.ts';
import product, { LocalAI, LocalCloud } from '../../../worker/local.ts';
import type { SeedRows } from '../seed-rows.ts';

export { AnswerCache, Conversation, Health, Routing, Tenant } from '../../../worker/local.ts';
export { LocalAI, LocalCloud };

type SeededEnv = Omit<Environment, 'STATS'> & { readonly STATS: DurableObjectNamespace<Stats> };

export class Stats extends RealStats {
  /** Only before its first record or question: its book is read once. */
  async seed({ state, rollups }: SeedRows): Promise<void> {
    const table = new StatsTable(this.ctx.storage.sql);
    for (const [lane, startMs, cells] of rollups) table.putRollup(laneOf(lane), startMs, bytesOf(cells));
    table.putState(bytesOf(state));
  }
}

export default {
  async fetch(request: Request, env: SeededEnv, execution: ExecutionContext): Promise<Response> {
    const shard = /^\/seed\/(\d+)$/.exec(new URL(request.url).pathname)?.[1];
    if (request.method !== 'PUT' || shard === undefined) return product.fetch(request, env, execution);
    const rows = await request.json<SeedRows>();
    await env.STATS.get(env.STATS.idFromName(`stats-${shard}`)).seed(rows);
    return new Response(null, { status: 204 });
  },
};

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function laneOf(lane: number): Lane {
  if (lane === 0 || lane === 1 || lane === 2 || lane === 3 || lane === 4) return lane;
  throw new Error(`there is no lane ${lane}`);
}
