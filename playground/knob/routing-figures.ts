// What the router's own endpoints say of the knob. Nothing here routes anything, and nothing is reckoned in this page that
// the server has not said, except one comparison: this prompt's probability with the threshold of the position.

import { type ApiAnswer, callApi } from '../../web/api-client.ts';
import type { RouteEvent } from '../stream/wire-events.ts';
import type { ChatMessage } from '../stream/start-generation.ts';

/** `GET /v1/routing`, as far as it is shown. */
export type InForce = {
  readonly threshold: {
    readonly value: number;
    readonly expected: {
      readonly cloud_share: number;
      readonly quality: number;
      readonly usd_per_1k: number;
    };
  } | null;
  readonly decisions: number;
};

/** `POST /v1/routing`. Without decisions there is nothing to score a position on. */
export type Scored = {
  readonly decisions: number;
  readonly threshold?: number;
  readonly share?: { readonly edge: number; readonly cloud: number; readonly check: number };
  readonly agreement?: number;
};

/** `POST /v1/route`: the event's fields, and what it would cost at most. */
export type Foreseen = Omit<RouteEvent, 'type' | 'answer_check'> & { readonly estimated_cost_usd: number };

export function inForce(key: string | null): Promise<ApiAnswer<InForce>> {
  return callApi<InForce>({ path: '/v1/routing', key });
}

export function scoreShare(cloudShare: number, key: string | null): Promise<ApiAnswer<Scored>> {
  const body = { name: 'playground', target: { cloud_share: cloudShare } };
  return callApi<Scored>({ path: '/v1/routing', key, body });
}

export function foresee(
  messages: readonly ChatMessage[],
  headers: Readonly<Record<string, string>>,
  key: string | null,
): Promise<ApiAnswer<Foreseen>> {
  return callApi<Foreseen>({ path: '/v1/route', key, body: { messages }, headers });
}

export type Tendency = 'edge' | 'cloud' | 'undecided';

/** Where a position of the knob would send a prompt of this probability. */
export function wouldGo(probability: number | null, threshold: number | undefined): Tendency {
  if (probability === null || threshold === undefined) return 'undecided';
  return probability >= threshold ? 'edge' : 'cloud';
}
