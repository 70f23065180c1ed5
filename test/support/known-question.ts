// One question of a client that knows what becomes of it: how it is asked, how its answer is read, and what is true of it
// unless the client or the upstream did something else.

import { NO_USAGE, type ModelName, type Truth } from './known-truth.ts';
import { questionOf, type NumberedUpstream, type ToldUsage } from './numbered-upstream.ts';
import { fetchSse, type SseReading } from './read-sse.ts';

export type Stage = {
  readonly url: string;
  readonly upstream: NumberedUpstream;
  /** By tenant. */
  readonly keys: Readonly<Record<string, string>>;
  readonly operatorKey: string;
  /** What a prompt is estimated at, when no upstream tells. */
  readonly estimatedInput: number;
};

export type Question = { readonly stage: Stage; readonly number: number; readonly tenant: string };

export type Kind = (question: Question) => Promise<readonly Truth[]>;

type Asked = {
  readonly model?: string;
  readonly stream?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
};

const CONVERSATIONS = 60;

export const PART = 'The harbour was quiet that morning, and the first boat ';

/** Our own count of what no upstream told: four characters a token. */
export function estimated({ stage }: Question, text: string): ToldUsage {
  return { input: stage.estimatedInput, output: Math.ceil(text.length / 4), cached: 0 };
}

export function toldUsage({ number }: Question, model: ModelName): ToldUsage {
  const cached = model === 'large' && number % 3 === 0 ? 8 + (number % 7) : 0;
  return { input: 20 + (number % 37), output: 5 + (number % 53), cached };
}

export function delayMsOf({ number }: Question): number {
  return (number * 37) % 90;
}

export function piecesOf({ number }: Question): readonly string[] {
  return Array.from({ length: 2 + (number % 9) }, (_none, at) => `piece ${at} of ${number} `);
}

export function keyOf({ stage, tenant }: Question): Record<string, string> {
  return { authorization: `Bearer ${stage.keys[tenant] ?? ''}` };
}

export function post(
  question: Question,
  { model = 'large', stream = true, headers = {} }: Asked,
): Promise<Response> {
  return fetch(`${question.stage.url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...keyOf(question),
      // Turns of a few conversations each, as people have them. Where the route is open, one would lead to the next.
      ...(model === 'auto' ? {} : { 'x-edgeways-conversation': `c${question.number % CONVERSATIONS}` }),
      ...headers,
    },
    body: JSON.stringify({
      model,
      stream,
      messages: [{ role: 'user', content: questionOf(question.number) }],
    }),
  });
}

export function idOf(response: Response): string {
  const id = response.headers.get('x-edgeways-stream');
  if (id === null) throw new Error(`no stream: ${response.status}`);
  return id;
}

export function truthOf(question: Question, model: ModelName, facts: Partial<Truth>): Truth {
  const usage = facts.usage ?? NO_USAGE;
  return {
    id: null,
    tenant: question.tenant,
    model,
    chunking: 'batched',
    outcome: 'completed',
    failure: null,
    isCached: false,
    check: null,
    failovers: 0,
    continuations: 0,
    usage,
    calls: facts.usage === undefined ? [] : [{ model, usage }],
    reconnects: 0,
    followers: 0,
    ttftMs: undefined,
    delayMs: 0,
    ...facts,
  };
}

type TypedEnd = { readonly timing?: { readonly first_token_ms: number | null } };

/** Reads the whole answer once more, in the format that tells when its first word came. */
export async function toldTtftMs(question: Question, id: string): Promise<number | null | undefined> {
  const reading = await fetchSse(`${question.stage.url}/v1/streams/${id}?format=typed`, {
    headers: keyOf(question),
  });
  await reading.end;
  const last = reading.events.at(-1);
  if (last === undefined) throw new Error(`nothing to read of ${id}: ${reading.response.status}`);
  return (JSON.parse(last.data) as TypedEnd).timing?.first_token_ms;
}

/** In the chat format or in the typed one. */
function isDone({ events }: SseReading): boolean {
  const last = events.at(-1);
  return last?.data === '[DONE]' || last?.event === 'done';
}

export async function toDone(reading: SseReading): Promise<void> {
  await reading.end;
  if (!isDone(reading)) throw new Error(`no proper end:\n${reading.text().slice(-500)}`);
}

export async function okJson(response: Response): Promise<Response> {
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return response;
}
