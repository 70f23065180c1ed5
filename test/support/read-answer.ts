// What a client makes of a whole answer, in the chat and in the typed format, and what no client may ever see.

import type { SseEvent, SseReading } from './read-sse.ts';

type Tokens = { readonly prompt_tokens?: number; readonly completion_tokens?: number };

type ChatAccount = {
  readonly usage?: Tokens | null;
  readonly x_edgeways?: { readonly usage_total?: Tokens };
};

export type ReadAnswer = {
  readonly text: string;
  /** Arguments of tool calls, one after the other. */
  readonly args: string;
  /** Finish reasons, or codes of errors: one of them, once. */
  readonly ends: readonly string[];
  /** The models that were named, in order. */
  readonly models: readonly string[];
  /** Typed events by name, a status by its phase. */
  readonly names: readonly string[];
  /** What must not be: gaps in ids, frames that nobody knows, frames after the end. */
  readonly faults: readonly string[];
  /** The chat format's last chunk but one: what it says of usage. */
  readonly account: ChatAccount;
};

type ChatChunk = ChatAccount & {
  readonly model?: string;
  readonly choices?: readonly {
    readonly delta: {
      readonly content?: string;
      readonly tool_calls?: readonly { readonly function: { readonly arguments: string } }[];
    };
    readonly finish_reason: string | null;
  }[];
  readonly error?: { readonly code: string };
};

type TypedFields = {
  readonly text?: string;
  readonly args?: string;
  readonly model?: string;
  readonly phase?: string;
  readonly finish_reason?: string;
  readonly code?: string;
};

const TYPED_NAMES = [
  'route',
  'route_changed',
  'status',
  'text_delta',
  'thinking',
  'thinking_part',
  'tool_start',
  'tool_delta',
  'tool_end',
  'done',
  'failed',
];

/** How much text has come in a list of chunks that grows; each is looked at once. */
export class GrowingText {
  #events = 0;
  #units = 0;

  unitsOf(events: readonly SseEvent[]): number {
    for (const { data } of events.slice(this.#events))
      if (data !== '[DONE]') this.#units += contentOf(chunkOf(data)).length;
    this.#events = events.length;
    return this.#units;
  }
}

export function readChat({ events }: Pick<SseReading, 'events'>): ReadAnswer {
  const chunks = events.filter(({ data }) => data !== '[DONE]').map(({ data }) => chunkOf(data));
  const faults = [
    ...idFaults(events),
    ...events.flatMap(({ event }) => (event === 'message' ? [] : [`an event ${event}`])),
  ];
  const errors = chunks.flatMap(({ error }) => (error === undefined ? [] : [error.code]));
  const dones = events.filter(({ data }) => data === '[DONE]').length;
  if (dones !== (errors.length === 0 ? 1 : 0)) faults.push(`${dones} times [DONE]`);
  if (errors.length === 0 && events.at(-1)?.data !== '[DONE]') faults.push('something after [DONE]');
  for (const { choices, error } of chunks)
    if (choices === undefined && error === undefined) faults.push('a chunk without choices');
  const reasons = chunks.map(({ choices }) => choices?.[0]?.finish_reason ?? null);
  return {
    text: chunks.map(contentOf).join(''),
    args: chunks.map(argumentsOf).join(''),
    ends: [...reasons.filter((reason) => reason !== null), ...errors],
    models: inOrder(chunks.flatMap(({ model }) => model ?? [])),
    names: [],
    faults,
    account: chunks.findLast(({ usage }) => usage) ?? {},
  };
}

export function readTyped({ events }: Pick<SseReading, 'events'>): ReadAnswer {
  const read = events.map(({ event, data }) => ({ event, value: JSON.parse(data) as TypedFields }));
  const faults = idFaults(events);
  for (const { event } of events) if (!TYPED_NAMES.includes(event)) faults.push(`an event ${event}`);
  const ends = read.filter(({ event }) => event === 'done' || event === 'failed');
  if (ends.length !== 1 || read.at(-1) !== ends[0]) faults.push('the end is not the last event');
  return {
    text: read.map(({ event, value }) => (event === 'text_delta' ? value.text : '')).join(''),
    args: read.map(({ value }) => value.args ?? '').join(''),
    ends: ends.map(({ value }) => value.finish_reason ?? value.code ?? ''),
    models: inOrder(read.flatMap(({ value }) => value.model ?? [])),
    names: read.map(({ event, value }) => (event === 'status' ? String(value.phase) : event)),
    faults,
    account: {},
  };
}

function chunkOf(data: string): ChatChunk {
  return JSON.parse(data) as ChatChunk;
}

function contentOf({ choices }: ChatChunk): string {
  return choices?.[0]?.delta.content ?? '';
}

function argumentsOf({ choices }: ChatChunk): string {
  return (choices?.[0]?.delta.tool_calls ?? []).map((call) => call.function.arguments).join('');
}

function inOrder(models: readonly string[]): readonly string[] {
  return models.filter((model, at) => model !== models[at - 1]);
}

/** Numbers go on from 0 without a gap; an epoch never goes back. */
function idFaults(events: readonly SseEvent[]): string[] {
  let lastEpoch = 1;
  return events.flatMap(({ id }, at) => {
    const parts = /\.(\d+)-(\d+)$/.exec(id ?? '');
    const epoch = Number(parts?.[1]);
    const isRight = Number(parts?.[2]) === at && epoch >= lastEpoch;
    lastEpoch = epoch;
    return isRight ? [] : [`id ${id} at ${at}`];
  });
}
