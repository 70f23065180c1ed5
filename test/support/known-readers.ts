// Clients that are not alone with their connection: one comes back after a drop, another has a second reader.

import { vi } from 'vitest';
import {
  toldUsage,
  keyOf,
  post,
  idOf,
  truthOf,
  toldTtftMs,
  toDone,
  PART,
  type Question,
  type Kind,
} from './known-question.ts';
import { answers, pauses } from './numbered-upstream.ts';
import { fetchSse, readSse } from './read-sse.ts';

export const reconnected: Kind = async (question) => {
  const { stage, number } = question;
  const back = Promise.withResolvers<void>();
  const usage = toldUsage(question, 'large');
  stage.upstream.expect(number, pauses(PART, back.promise, answers(['left at six.'], usage)));
  const response = await post(question, {});
  const first = readSse(response);
  await first.until(() => first.text().includes('first boat'));
  const id = idOf(response);
  await first.leave();
  await hasNoReader(question, id);
  const cursor = first.events.findLast((event) => event.id !== null)?.id ?? '';
  const headers = { ...keyOf(question), 'last-event-id': cursor };
  const second = await fetchSse(`${stage.url}/v1/streams/${id}?format=chat`, { headers });
  back.resolve();
  await toDone(second);
  const ttftMs = await toldTtftMs(question, id);
  return [truthOf(question, 'large', { id, reconnects: 1, usage, ttftMs })];
};

export const followed: Kind = async (question) => {
  const { stage, number } = question;
  const joined = Promise.withResolvers<void>();
  const usage = toldUsage(question, 'large');
  stage.upstream.expect(number, pauses(PART, joined.promise, answers(['left at six.'], usage)));
  const response = await post(question, {});
  const first = readSse(response);
  await first.until(() => first.text().includes('first boat'));
  const id = idOf(response);
  const second = await fetchSse(`${stage.url}/v1/streams/${id}`, { headers: keyOf(question) });
  joined.resolve();
  await Promise.all([toDone(first), toDone(second)]);
  const ttftMs = await toldTtftMs(question, id);
  return [truthOf(question, 'large', { id, followers: 1, usage, ttftMs })];
};

type Timeline = {
  readonly timeline: { readonly deliveries: readonly { readonly closed_ms: number | null }[] };
};

/** The object has seen that the reader left: from then on whoever comes is no second reader. */
function hasNoReader({ stage }: Question, id: string): Promise<void> {
  const look = async (): Promise<void> => {
    const response = await fetch(`${stage.url}/v1/analytics/streams/${id}`, {
      headers: { authorization: `Bearer ${stage.operatorKey}` },
    });
    const { timeline } = (await response.json()) as Timeline;
    if (timeline.deliveries.some(({ closed_ms: closedMs }) => closedMs === null))
      throw new Error('it is still being read');
  };
  return vi.waitFor(look, { timeout: 60_000, interval: 100 });
}
