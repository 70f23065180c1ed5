// Asks the product for many streamed answers and keeps of each when its first token came and what it used.

import { inTurns } from './in-turns.ts';
import { fetchSse } from './read-sse.ts';

export type FirstToken = {
  readonly text: string;
  /** From sending the request to the first content; NaN without any. */
  readonly afterMs: number;
  /** Total tokens of the shown answer. */
  readonly usage: number;
  /** Total tokens of all calls made for it; null when there was one. */
  readonly usageTotal: number | null;
};

type Chunk = {
  readonly choices?: readonly { readonly delta?: { readonly content?: string } }[];
  readonly usage?: { readonly total_tokens: number } | null;
  readonly x_edgeways?: { readonly usage_total?: { readonly total_tokens: number } };
};

export type Asking = { readonly requests: number; readonly atOnce: number };

export function firstTokensOf(url: string, { requests, atOnce }: Asking): Promise<readonly FirstToken[]> {
  const contents = Array.from({ length: requests }, (_, at) => `question ${at}`);
  return inTurns(contents, atOnce, (content) => firstTokenOf(url, content));
}

async function firstTokenOf(url: string, content: string): Promise<FirstToken> {
  const startedMs = performance.now();
  const reading = await fetchSse(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'large',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content }],
    }),
  });
  await reading.until((events) => events.some(({ data }) => data.includes('"content":"a')));
  const afterMs = performance.now() - startedMs;
  await reading.end;
  const chunks = reading.events
    .filter(({ data }) => data !== '[DONE]')
    .map(({ data }) => JSON.parse(data) as Chunk);
  const last = chunks.findLast(({ usage }) => usage !== undefined && usage !== null);
  return {
    text: chunks.map(({ choices }) => choices?.[0]?.delta?.content ?? '').join(''),
    afterMs,
    usage: last?.usage?.total_tokens ?? 0,
    usageTotal: last?.x_edgeways?.usage_total?.total_tokens ?? null,
  };
}

/** The time within which that share of the answers had its first token. */
export function quantileMs(answers: readonly FirstToken[], share: number): number {
  const sorted = answers.map(({ afterMs }) => afterMs).toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
