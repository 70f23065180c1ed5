// What servers without events are sent for a canonical request, and what their two kinds of answers mean.

import { describe, expect, it } from 'vitest';
import type { ChatMessage, ChatRequest } from '../protocol/chat-request.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import { NDJSON } from '../providers/ndjson/ndjson.ts';
import { PlainTextDecoder } from '../providers/ndjson/plain-text-decoder.ts';

const REQUEST: ChatRequest = {
  model: 'auto',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  stream: false,
  includeUsage: false,
  maxOutputTokens: null,
  tools: [],
  parameters: {},
};
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } } };
const TOOL = { type: 'function', function: { name: 'get_weather', parameters: SCHEMA } };
const FLAVOURS = ['lines', 'text'] as const;

function encode(change: Partial<ChatRequest>, flavour: string | null = 'lines') {
  const call = NDJSON.encode({ ...REQUEST, ...change }, { upstreamModel: 'llama3.2', flavour });
  if (call.type !== 'http') throw new Error('not an HTTP call');
  const body: JsonObject = JSON.parse(call.body);
  return { path: call.path, body };
}

function lacks(change: Partial<ChatRequest>, flavour: string): string | null {
  return NDJSON.lacks({ ...REQUEST, ...change }, flavour);
}

function content(...parts: ChatMessage['content']): Partial<ChatRequest> {
  return { messages: [{ role: 'user', content: parts }] };
}

function decode(pieces: readonly string[], maxEventBytes = 10_000): DecodedEvent[] {
  const decoder = NDJSON.decoder(maxEventBytes, 'lines');
  return [...pieces.flatMap((piece) => decoder.push(piece, 1000)), ...decoder.close(1000)];
}

describe('a server of lines', () => {
  it('is asked for a stream at /api/chat, also without a flavour; it has no address of its own', () => {
    const expected = {
      path: '/api/chat',
      body: { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }], stream: true, options: {} },
    };
    expect(encode({})).toEqual(expected);
    expect(encode({}, null)).toEqual(expected);
    expect(NDJSON.server).toBeNull();
  });

  it('gets every kind of message in its own shape', () => {
    const messages: ChatMessage[] = [
      { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
      {
        role: 'user',
        name: 'ann',
        content: [
          { type: 'text', text: 'What is' },
          { type: 'text', text: 'this?' },
          { type: 'image', url: 'data:image/png;base64,AA==' },
        ],
      },
      {
        role: 'assistant',
        content: [{ type: 'opaque', raw: { type: 'reasoning.text', text: 'Hm' } }],
        toolCalls: [{ id: 'c1', name: 'get_weather', args: '{"city":"Paris"}' }],
      },
      { role: 'tool', toolCallId: 'c1', content: [{ type: 'text', text: 'sunny' }] },
    ];
    expect(encode({ messages }).body['messages']).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is\nthis?', images: ['AA=='] },
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'c1', function: { name: 'get_weather', arguments: { city: 'Paris' } } }],
      },
      { role: 'tool', content: 'sunny', tool_name: 'get_weather', tool_call_id: 'c1' },
    ]);
    expect(lacks({ messages }, 'lines')).toBeNull();
  });

  it('gets limit and sampling fields among its options; others are left out', () => {
    const parameters = {
      temperature: 0.2,
      top_p: 0.9,
      seed: 7,
      stop: 'END',
      logit_bias: { 5: 1 },
      verbosity: 'low',
    };
    expect(encode({ parameters, maxOutputTokens: 50 }).body['options']).toEqual({
      temperature: 0.2,
      top_p: 0.9,
      seed: 7,
      stop: ['END'],
      num_predict: 50,
    });
  });

  it('gets tools unless none may be called, and the format of the answer', () => {
    expect(encode({ tools: [TOOL] }).body['tools']).toEqual([TOOL]);
    expect(encode({ tools: [TOOL], toolChoice: 'none' }).body).not.toHaveProperty('tools');
    expect(encode({ responseFormat: { type: 'json_object' } }).body['format']).toBe('json');
    const responseFormat = { type: 'json_schema', json_schema: { name: 'a', schema: SCHEMA } };
    expect(encode({ responseFormat }).body['format']).toEqual(SCHEMA);
  });

  it.each([
    ['none', false],
    ['minimal', 'low'],
    ['medium', 'medium'],
    ['xhigh', 'high'],
  ])('thinks with the effort %s as %s', (effort, think) => {
    expect(encode({ parameters: { reasoning_effort: effort } }).body['think']).toBe(think);
  });

  it('sends lines of exactly the allowed length, and not one unit more, in one piece or in many', () => {
    const line = JSON.stringify({ message: { content: 'x'.repeat(50) }, done: true });
    for (const end of ['\n', '\r\n', '']) {
      for (const pieces of [[line + end], [...(line + end)]]) {
        expect(decode(pieces, line.length)).toMatchObject([{ type: 'text_delta' }, { type: 'finish' }]);
        expect(decode(pieces, line.length - 1)).toMatchObject([{ type: 'failure' }]);
      }
    }
  });

  it('that never ends its line is given up', () => {
    const decoder = NDJSON.decoder(100, 'lines');
    const events = Array.from({ length: 30 }, () => decoder.push('xxxxxxxxxx', 1000));
    expect(events.flat()).toEqual([{ type: 'failure', code: 'upstream_malformed' }]);
    expect([...decoder.push('{"done":true}\n', 1000), ...decoder.close(1000)]).toEqual([]);
  });

  it('is told apart by its error', () => {
    expect(decode(['{"error":"server busy, please try again"}\n'])).toMatchObject([
      { code: 'upstream_rate_limited' },
    ]);
    expect(decode(['{"error":"something"}\n{"done":true}\n'])).toEqual([
      { type: 'failure', code: 'upstream_failed' },
    ]);
  });

  it.each([
    ['a forced call', { tools: [TOOL], toolChoice: 'required' }, 'tool_choice'],
    [
      'a named tool',
      { tools: [TOOL], toolChoice: { type: 'function', function: { name: 'f' } } },
      'tool_choice',
    ],
    ['an image behind a link', content({ type: 'image', url: 'https://x.test/a.png' }), 'data URLs'],
    ['audio', content({ type: 'opaque', raw: { type: 'input_audio' } }), 'audio'],
  ] as const)('is not asked for %s', (_, change, words) => {
    expect(lacks(change, 'lines')).toContain(words);
  });
});

describe('a server of plain text', () => {
  it("is asked in OpenAI's dialect at its base URL", () => {
    const { path, body } = encode({ maxOutputTokens: 9, parameters: { temperature: 0 } }, 'text');
    expect(path).toBe('');
    expect(body).toMatchObject({
      model: 'llama3.2',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      max_tokens: 9,
      temperature: 0,
    });
  });

  it('answers with every character it sends, and is whole when the body is', () => {
    const decoder = new PlainTextDecoder();
    const events = ['data: [DONE]\n', '', '{"error":1}'].flatMap((piece) => decoder.push(piece));
    expect([...events, ...decoder.close(1000)]).toEqual([
      { type: 'text_delta', text: 'data: [DONE]\n' },
      { type: 'text_delta', text: '{"error":1}' },
      { type: 'finish', reason: 'stop', usage: null },
    ]);
    expect([...decoder.push('more'), ...decoder.close(1000)]).toEqual([]);
  });

  it('is cut when the connection broke', () => {
    const decoder = new PlainTextDecoder();
    expect(decoder.push('It was')).toEqual([{ type: 'text_delta', text: 'It was' }]);
    expect(decoder.close(1000, true)).toEqual([{ type: 'failure', code: 'upstream_failed' }]);
  });

  it.each([
    ['tools', { tools: [TOOL] }],
    ['response_format', { responseFormat: { type: 'json_object' } }],
    ['images', content({ type: 'image', url: 'data:image/png;base64,AA==' })],
    ['audio or files', content({ type: 'opaque', raw: { type: 'file' } })],
  ] as const)('is not asked for %s', (words, change) => {
    expect(lacks(change, 'text')).toBe(words);
  });
});

it.each(FLAVOURS)('a server of %s takes text, and tools that may not be called', (flavour) => {
  expect(lacks({ tools: [TOOL], toolChoice: 'none' }, flavour)).toBeNull();
  expect(NDJSON.flavours).toContain(flavour);
});
