// The promise: whatever an upstream sends, the answer has exactly one end, in the last place, and nothing of it grows
// without bound or takes the router down. These are things that proxies and servers do; no fixture has them.

import { describe, expect, it } from 'vitest';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import { providerNamed } from '../providers/registry.ts';

const MAX_EVENT_BYTES = 1024 * 1024;
const DONE = 'data: [DONE]\n\n';
const NESTED = `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;

const ALL = ['openai', 'openai-compatible', 'workers-ai', 'anthropic', 'openai-responses', 'gemini'];
const CHAT = ['openai', 'openai-compatible', 'workers-ai'];

function decode(name: string, body: string, flavour: string | null = null): readonly DecodedEvent[] {
  const decoder = providerNamed(name)?.decoder(MAX_EVENT_BYTES, flavour);
  if (decoder === undefined) throw new Error(`no provider ${name}`);
  return [...decoder.push(body, 0), ...decoder.close(1)];
}

function sse(...events: readonly unknown[]): string {
  return events
    .map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
    .join('');
}

function delta(fields: object, finish: string | null = null): object {
  return { choices: [{ index: 0, delta: fields, finish_reason: finish }] };
}

const ends = (events: readonly DecodedEvent[]): readonly DecodedEvent[] =>
  events.filter(({ type }) => type === 'finish' || type === 'failure');

describe.each(ALL)('%s', (name) => {
  it('tells what the error means that came as a body under a status of 200', () => {
    const error = { type: 'rate_limit_error', message: 'Slow down', code: 429 };
    const body = JSON.stringify({ type: name === 'anthropic' ? 'error' : undefined, error }, null, 2);
    expect(decode(name, `\n${body}\n`)).toEqual([{ type: 'failure', code: 'upstream_rate_limited' }]);
    expect(decode(name, body.slice(0, -2))).toEqual([{ type: 'failure', code: 'upstream_failed' }]);
  });

  it('fails on a page of HTML and on a stream of comments', () => {
    const failure = [{ type: 'failure', code: 'upstream_failed' }];
    expect(decode(name, '<!doctype html><title>Sign in</title>')).toEqual(failure);
    expect(decode(name, ': wait\n\n: wait\n\n')).toEqual(failure);
    expect(decode(name, 'data:\n\ndata: \n\n')).toEqual(failure);
  });

  it('fails on a JSON body without an end, before it is held whole', () => {
    const decoder = providerNamed(name)?.decoder(1000, null);
    const events = Array.from({ length: 20 }, () => decoder?.push(`{"a":"${'x'.repeat(90)}`, 0) ?? []);
    expect(events.flat()).toEqual([{ type: 'failure', code: 'upstream_malformed' }]);
  });
});

describe.each(CHAT)('%s, in the chat dialect,', (name) => {
  it('takes a whole completion from a server that does not stream', () => {
    const message = { role: 'assistant', content: 'Hi' };
    const body = JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }] });
    expect(decode(name, body)).toEqual([
      { type: 'text_delta', text: 'Hi' },
      { type: 'finish', reason: 'stop', usage: null },
    ]);
  });

  it('bears empty data, a byte order mark, no space after the colon and one after the last word', () => {
    const body = `\uFEFFdata:${JSON.stringify(delta({ content: 'a' }))}\n\ndata:\n\n${sse(delta({}, 'stop'))}data: [DONE] \n\n`;
    expect(decode(name, body)).toEqual([
      { type: 'text_delta', text: 'a' },
      { type: 'finish', reason: 'stop', usage: null },
    ]);
  });

  it('says nothing after an end in the middle of a chunk', () => {
    const [first] = [{ index: 0, delta: { content: 'a' }, finish_reason: 'error' }];
    const late = { index: 0, delta: { content: 'late', reasoning: 'late' } };
    expect(decode(name, sse({ choices: [first, late] }) + DONE)).toEqual([
      { type: 'text_delta', text: 'a' },
      { type: 'failure', code: 'upstream_failed' },
    ]);
    const calls = Array.from({ length: 129 }, (_, index) => ({
      index,
      id: `c${index}`,
      function: { name: 'f' },
    }));
    const more = { index: 0, function: { arguments: '{}' } };
    expect(decode(name, sse(delta({ tool_calls: [...calls, more] })) + DONE).at(-1)).toEqual({
      type: 'failure',
      code: 'upstream_malformed',
    });
  });

  it('gives two calls under one id an id each', () => {
    const tool_calls = [0, 1].map((index) => ({
      index,
      id: 'same',
      function: { name: 'f', arguments: '{}' },
    }));
    const events = decode(name, sse(delta({ tool_calls }, 'tool_calls')) + DONE);
    expect(events.flatMap((event) => (event.type === 'tool_start' ? [event.id] : []))).toEqual([
      'same',
      'call_0_1',
    ]);
  });

  it('counts nothing for a server that counts nothing, or what cannot be', () => {
    for (const usage of [
      { prompt_tokens: 0, completion_tokens: 0 },
      { prompt_tokens: -1, completion_tokens: 3 },
      { prompt_tokens: 1.5, completion_tokens: 3 },
    ]) {
      const events = decode(name, sse(delta({ content: 'a' }, 'stop'), { choices: [], usage }) + DONE);
      expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop', usage: null });
    }
  });
});

describe('JSON that nests without end', () => {
  const inCall = `{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":${NESTED}}}]}}]}`;
  it.each([
    ['openai', inCall],
    ['workers-ai', inCall],
    ['workers-ai', `{"response":${NESTED}}`],
    ['gemini', `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${NESTED}}}]}}]}`],
    [
      'anthropic',
      `{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":${NESTED}}}\n\ndata: {"type":"content_block_stop"}`,
    ],
  ])('is malformed for %s', (name, event) => {
    const events = decode(name, sse(event));
    expect(ends(events)).toEqual([{ type: 'failure', code: 'upstream_malformed' }]);
    expect(events.at(-1)?.type).toBe('failure');
  });

  it('in thinking is not kept', () => {
    const piece = `{"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.text","text":"t","x":${NESTED}}]}}]}`;
    const events = decode(
      'openai-compatible',
      sse(piece, delta({ content: 'a' }, 'stop')) + DONE,
      'openrouter',
    );
    expect(events.map(({ type }) => type)).toEqual(['text_delta', 'finish']);
  });

  it('is no error of ours when it stands in the place of an error', () => {
    const events = decode(
      'workers-ai',
      sse({ errors: [{ code: { toString: 1 }, message: { toString: 1 } }] }),
    );
    expect(events).toEqual([{ type: 'failure', code: 'upstream_failed' }]);
  });
});

describe('thinking that cannot be stored in one row is not kept, and the answer goes on', () => {
  const long = '漢'.repeat(300_000);
  it.each([
    [
      'openai-compatible',
      'openrouter',
      sse(
        delta({ reasoning_details: [{ type: 'reasoning.text', text: 't', signature: long }] }),
        delta({ content: 'a' }, 'stop'),
      ) + DONE,
    ],
    [
      'gemini',
      null,
      sse({
        candidates: [{ content: { parts: [{ text: 'a', thoughtSignature: long }] }, finishReason: 'STOP' }],
      }),
    ],
    [
      'openai-responses',
      null,
      sse(
        { type: 'response.output_item.done', item: { type: 'reasoning', id: 'r', encrypted_content: long } },
        { type: 'response.output_text.delta', delta: 'a' },
        { type: 'response.completed', response: {} },
      ),
    ],
  ])('%s', (name, flavour, body) => {
    expect(decode(name, body, flavour)).toEqual([
      { type: 'text_delta', text: 'a' },
      { type: 'finish', reason: 'stop', usage: null },
    ]);
  });
});

it('thinking is kept up to 2 MiB an answer, however many blocks it comes in', () => {
  const block = { type: 'redacted_thinking', data: 'x'.repeat(100 * 1024) };
  const body = sse(
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_stop' },
  );
  const decoder = providerNamed('anthropic')?.decoder(MAX_EVENT_BYTES, null);
  const events = Array.from({ length: 40 }, () => decoder?.push(body, 0) ?? []).flat();
  expect(events.length).toBe(20);
});

it('a number of an event or an id that could not stand in a URL is no place to take an answer up again', () => {
  const at = (sequence_number: unknown, id: string): string =>
    sse({ type: 'response.created', sequence_number, response: { id } });
  const cursorsOf = (body: string): readonly DecodedEvent[] =>
    decode('openai-responses', body, 'background').filter(({ type }) => type === 'resume_point');
  expect(cursorsOf(at(7, 'resp_1'))).toEqual([{ type: 'resume_point', cursor: 'resp_1:7' }]);
  for (const body of [
    at(7, '../models?a=b'),
    at(7, 'x'.repeat(200)),
    at(1e21, 'resp_1'),
    at(-1, 'resp_1'),
    at(1.5, 'resp_1'),
    at({ toString: 1 }, 'resp_1'),
  ])
    expect(cursorsOf(body)).toEqual([]);
});

it('Gemini’s usage without a prompt is no usage, and its errors are looked up by nothing but their names', () => {
  const parts = [{ text: 'a' }];
  const body = { candidates: [{ content: { parts }, finishReason: 'STOP' }], usageMetadata: {} };
  expect(decode('gemini', sse(body)).at(-1)).toEqual({ type: 'finish', reason: 'stop', usage: null });
  expect(decode('gemini', sse({ error: { status: 'constructor', code: 429 } }))).toEqual([
    { type: 'failure', code: 'upstream_rate_limited' },
  ]);
});

it.each([
  ['openai', 'data: {"a":"'],
  ['openai', '{"a":"'],
  ['gemini', '{"a":"'],
  ['anthropic', 'data: {"a":"'],
  ['ndjson', '{"a":"'],
])('a line that comes to %s in a hundred thousand pieces after %s costs as much as in one', (name, start) => {
  const decoder = providerNamed(name)?.decoder(MAX_EVENT_BYTES, null);
  const startedMs = performance.now();
  decoder?.push(start, 0);
  for (let piece = 0; piece < 100_000; piece += 1) decoder?.push('xxxxxxxxxx', 0);
  // Milliseconds; each piece copied with all before it takes most of a minute.
  expect(performance.now() - startedMs).toBeLessThan(5000);
});

it('an event may hold more parts than a function takes arguments', () => {
  const parts = Array.from({ length: 60_000 }, () => '{"text":"a"}').join(',');
  const events = decode(
    'gemini',
    sse(
      `{"candidates":[{"content":{"parts":[${parts},{"text":"b","thoughtSignature":"s"}]},"finishReason":"STOP"}]}`,
    ),
  );
  expect([events.length, events.at(-1)?.type]).toEqual([60_003, 'finish']);
});
