// What Anthropic is sent for a canonical request, what it is never sent, and what its decoder keeps byte for byte.
// The answers of its servers are replayed with those of every other provider, in providers-decode.test.ts.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ChatMessage, ChatRequest, ContentPart } from '../protocol/chat-request.ts';
import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import { ANTHROPIC } from '../providers/anthropic/anthropic.ts';

const BUDGET_MODEL = 'claude-sonnet-4-5-20250929';
const EFFORT_MODEL = 'claude-sonnet-5';

const text = (words: string): ContentPart => ({ type: 'text', text: words });
const opaque = (raw: JsonObject): ContentPart => ({ type: 'opaque', raw });
const user = (...content: readonly ContentPart[]): ChatMessage => ({ role: 'user', content });
const system = (words: string): ChatMessage => ({ role: 'system', content: [text(words)] });
const result = (toolCallId: string, words: string): ChatMessage => ({
  role: 'tool',
  toolCallId,
  content: [text(words)],
});
const assistant = (...content: readonly ContentPart[]): ChatMessage => ({
  role: 'assistant',
  content,
  toolCalls: [],
});
const calling = (...ids: readonly string[]): ChatMessage => ({
  role: 'assistant',
  content: [],
  toolCalls: ids.map((id) => ({ id, name: 'get_weather', args: '{"city":"Bern"}' })),
});

const REQUEST: ChatRequest = {
  model: 'auto',
  messages: [user(text('Hi'))],
  stream: false,
  includeUsage: false,
  maxOutputTokens: null,
  tools: [],
  parameters: {},
};
const PARAMETERS = { type: 'object', properties: { city: { type: 'string' } } };
const TOOL = {
  type: 'function',
  function: { name: 'get_weather', description: 'Of a city.', parameters: PARAMETERS, strict: true },
};
const LONG = 'Be brief. '.repeat(500);
const MARK = { cache_control: { type: 'ephemeral' } };
const SCHEMA = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false };
const FORMAT = { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: SCHEMA } };

function body(change: Partial<ChatRequest>, upstreamModel = BUDGET_MODEL): JsonObject {
  const call = ANTHROPIC.encode({ ...REQUEST, ...change }, { upstreamModel, flavour: null });
  if (call.type !== 'http') throw new Error('not an HTTP call');
  return JSON.parse(call.body);
}

function lacks(change: Partial<ChatRequest>): string | null {
  return ANTHROPIC.lacks({ ...REQUEST, ...change }, null);
}

function messagesFor(...messages: readonly ChatMessage[]): unknown {
  return body({ messages })['messages'];
}

describe('the call', () => {
  it('asks for a stream at /messages with the version and the key in headers of their own', () => {
    expect(ANTHROPIC.encode(REQUEST, { upstreamModel: 'claude-x', flavour: null })).toEqual({
      type: 'http',
      path: '/messages',
      headers: { 'anthropic-version': '2023-06-01' },
      body: '{"model":"claude-x","max_tokens":8192,"stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]}',
    });
    expect(ANTHROPIC.keyHeaders('sk-1')).toEqual({ 'x-api-key': 'sk-1' });
  });

  it('carries the limit, the stop words and the hashed tenant of the request', () => {
    const change = { maxOutputTokens: 50, parameters: { stop: ['a', 'b'] }, cacheScope: 'f00' };
    expect(body(change)).toMatchObject({
      max_tokens: 50,
      stop_sequences: ['a', 'b'],
      metadata: { user_id: 'f00' },
    });
    expect(body({ parameters: { stop: 'END' } })).toMatchObject({ stop_sequences: ['END'] });
  });

  it('leaves out every sampling field that the API does not know', () => {
    const parameters = {
      seed: 1,
      presence_penalty: 1,
      frequency_penalty: 1,
      logit_bias: { 5: 1 },
      verbosity: 'low',
      prediction: { type: 'content', content: '' },
      model: 'other',
      stream: false,
    };
    expect(body({ parameters })).toEqual(body({}));
  });
});

describe('messages', () => {
  it('put system messages before the conversation, also those from its middle, in their order', () => {
    const messages = [
      system('Be brief.'),
      system('Be kind.'),
      user(text('a')),
      system('Be quick.'),
      user(text('b')),
    ];
    expect(body({ messages })).toMatchObject({
      system: [
        { type: 'text', text: 'Be brief.' },
        { type: 'text', text: 'Be kind.' },
        { type: 'text', text: 'Be quick.' },
      ],
      messages: [{ role: 'user', content: [text('a'), text('b')] }],
    });
  });

  it('send a system message as the user’s when there is nothing else to answer to', () => {
    const afterAnswer = [system('Be brief.'), user(text('a')), assistant(text('b')), system('Go on.')];
    expect(body({ messages: afterAnswer })).toMatchObject({
      system: [text('Be brief.')],
      messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'user', content: [text('Go on.')] }],
    });
    expect(body({ messages: [system('Say hello.')] })).toMatchObject({
      messages: [{ role: 'user', content: [text('Say hello.')] }],
    });
  });

  it('carry tool calls and put the results of one turn into one message, before the text', () => {
    const messages = [
      user(text('Weather?')),
      calling('c1', 'c2'),
      result('c1', 'sun'),
      user(text('And?')),
      result('c2', ''),
    ];
    expect(messagesFor(...messages)).toEqual([
      { role: 'user', content: [text('Weather?')] },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'c1', name: 'get_weather', input: { city: 'Bern' } },
          { type: 'tool_use', id: 'c2', name: 'get_weather', input: { city: 'Bern' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c1', content: [text('sun')] },
          { type: 'tool_result', tool_use_id: 'c2' },
          text('And?'),
        ],
      },
    ]);
  });

  it('rename ids with characters that the API refuses, alike on call and result, and never two to the same', () => {
    const messages = messagesFor(calling('a.b', 'a:b', 'a_b'), result('a.b', '1'), result('a:b', '2'));
    expect(messages).toMatchObject([
      { content: [{ id: 'a_2e_b' }, { id: 'a_3a_b' }, { id: 'a_b' }] },
      { content: [{ tool_use_id: 'a_2e_b' }, { tool_use_id: 'a_3a_b' }] },
    ]);
  });

  it('show arguments that are no object as they were', () => {
    const useWith = (args: string): unknown => {
      const calls: ChatMessage = {
        role: 'assistant',
        content: [],
        toolCalls: [{ id: 'c', name: 'f', args }],
      };
      return messagesFor(calls, result('c', 'x'));
    };
    const expected = (input: JsonObject): unknown => [
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: [text('x')] }] },
    ];
    expect(useWith('')).toEqual(expected({}));
    expect(useWith('{"a":')).toEqual(expected({ arguments: '{"a":' }));
    expect(useWith('[1]')).toEqual(expected({ arguments: '[1]' }));
  });

  it('leave out blank text and merge what then stands side by side', () => {
    expect(messagesFor(user(text('a')), assistant(text(' \n')), user(text(''), text('b')))).toEqual([
      { role: 'user', content: [text('a'), text('b')] },
    ]);
  });

  it('carry images by link or inline, and inline PDF', () => {
    const file = { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' };
    const parts = [
      { type: 'image', url: 'https://example.com/a.png', detail: 'low' },
      { type: 'image', url: 'data:image/jpg;base64,AA==' },
      opaque({ type: 'file', file }),
    ] as const;
    expect(messagesFor(user(...parts))).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'AA==' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
            title: 'a.pdf',
          },
        ],
      },
    ]);
  });
});

describe('thinking of earlier turns', () => {
  const spoken = ' exact\u2028 “text” \\n\n ';
  const detail = {
    type: 'reasoning.text',
    format: 'anthropic-claude-v1',
    text: spoken,
    signature: 'c2ln+/=',
  };
  const redacted = { type: 'reasoning.encrypted', format: 'anthropic-claude-v1', data: 'ZGF0YQ==' };
  const blocks = [
    { type: 'thinking', thinking: spoken, signature: 'c2ln+/=' },
    { type: 'redacted_thinking', data: 'ZGF0YQ==' },
  ];

  it('goes back byte for byte, before what was said', () => {
    const [thinking = {}, cipher = {}] = blocks;
    const own = assistant(opaque(detail), opaque(redacted), text('a'));
    const raw = assistant(opaque({ ...thinking, index: 0 }), opaque(cipher), text('a'));
    const expected = [{}, { role: 'assistant', content: [...blocks, text('a')] }, {}];
    expect(messagesFor(user(text('q')), own, user(text('r')))).toMatchObject(expected);
    expect(messagesFor(user(text('q')), raw, user(text('r')))).toMatchObject(expected);
  });

  it('is left out when another model made it, or nobody signed it', () => {
    const foreign = [
      { ...detail, format: 'google-gemini-v1' },
      { ...redacted, format: 'openai-responses-v1' },
      { ...detail, signature: '' },
      { type: 'thinking', thinking: 'x' },
      { type: 'redacted_thinking' },
      { type: 'reasoning.summary', format: 'anthropic-claude-v1', summary: 'x' },
      { type: 'reasoning', text: 'x' },
    ];
    const messages = [user(text('q')), assistant(...foreign.map(opaque), text('a')), user(text('r'))];
    expect(lacks({ messages })).toBeNull();
    expect(messagesFor(...messages)).toMatchObject([{}, { content: [text('a')] }, {}]);
  });

  it('comes out of a stream in the form in which it goes in again', () => {
    const stream = readFileSync(new URL('fixtures/anthropic/thinking.sse', import.meta.url), 'utf8');
    const parts = decode(stream).flatMap((event) => (event.type === 'thinking_part' ? [event.part] : []));
    const [sent] = [...stream.matchAll(/"signature":"([^"]+)"/g)].map(([, signature]) => signature);
    expect(
      messagesFor(user(text('q')), assistant(...parts.map(opaque), text('a')), user(text('r'))),
    ).toMatchObject([
      {},
      {
        content: [
          { thinking: 'I need to find the GCD\n1071 = 2 × 462 + 147 \n', signature: sent },
          text('a'),
        ],
      },
      {},
    ]);
  });
});

describe('tools', () => {
  const tools = [TOOL, { type: 'function', function: { name: 'now' } }];

  it('are defined with an object schema, with or without parameters', () => {
    expect(body({ tools })['tools']).toEqual([
      { name: 'get_weather', description: 'Of a city.', input_schema: PARAMETERS, strict: true },
      { name: 'now', input_schema: { type: 'object' } },
    ]);
  });

  it.each([
    [undefined, true, undefined],
    ['auto', true, undefined],
    ['none', true, { type: 'none' }],
    ['required', true, { type: 'any' }],
    [{ type: 'function', function: { name: 'now' } }, true, { type: 'tool', name: 'now' }],
    ['none', false, { type: 'none' }],
    ['auto', false, { type: 'auto', disable_parallel_tool_use: true }],
    ['required', false, { type: 'any', disable_parallel_tool_use: true }],
  ])('are chosen by %j with parallel calls %j as %j', (toolChoice, parallel, expected) => {
    const change = { tools, parameters: { parallel_tool_calls: parallel } };
    const sent = body(toolChoice === undefined ? change : { ...change, toolChoice });
    expect(sent['tool_choice']).toEqual(expected);
  });

  it('are not chosen when there are none', () => {
    expect(body({ toolChoice: 'none' })).toEqual(body({}));
  });
});

describe('thinking and sampling', () => {
  const high = { reasoning_effort: 'high', temperature: 0.5, top_p: 0.9 };
  const fields = (change: Partial<ChatRequest>, model: string): JsonObject => {
    const { thinking = null, output_config = null, temperature = null, top_p = null } = body(change, model);
    return { thinking, output_config, temperature, top_p };
  };
  const nothing = { thinking: null, output_config: null, temperature: null, top_p: null };

  it('of models up to 4.6 are a budget of at most half the limit, without any sampling beside it', () => {
    const asked = (effort: string, maxOutputTokens: number): unknown =>
      fields({ maxOutputTokens, parameters: { ...high, reasoning_effort: effort } }, BUDGET_MODEL)[
        'thinking'
      ];
    expect(fields({ maxOutputTokens: 64_000, parameters: high }, BUDGET_MODEL)).toEqual({
      ...nothing,
      thinking: { type: 'enabled', budget_tokens: 16_384 },
    });
    expect(asked('low', 64_000)).toEqual({ type: 'enabled', budget_tokens: 2048 });
    expect(asked('high', 3001)).toEqual({ type: 'enabled', budget_tokens: 1500 });
    expect(asked('high', 2047)).toBeNull();
    expect(asked('none', 64_000)).toBeNull();
  });

  it('of models up to 4.6 are one sampling field, in the range of the API', () => {
    const sampled = (parameters: JsonObject): unknown => fields({ parameters }, BUDGET_MODEL);
    expect(sampled({ temperature: 1.7, top_p: 0.9 })).toEqual({ ...nothing, temperature: 1 });
    expect(sampled({ temperature: 0 })).toEqual({ ...nothing, temperature: 0 });
    expect(sampled({ top_p: 0.9 })).toEqual({ ...nothing, top_p: 0.9 });
  });

  it('of later models are an effort, with thinking that shows, and no sampling at all', () => {
    const asked = (effort: string): unknown =>
      fields({ parameters: { ...high, reasoning_effort: effort } }, EFFORT_MODEL);
    const adaptive = { type: 'adaptive', display: 'summarized' };
    expect(asked('high')).toEqual({ ...nothing, thinking: adaptive, output_config: { effort: 'high' } });
    expect(asked('minimal')).toEqual({ ...nothing, thinking: adaptive, output_config: { effort: 'low' } });
    expect(asked('none')).toEqual({ ...nothing, thinking: { type: 'disabled' } });
    expect(fields({ parameters: { reasoning_effort: 'none' } }, 'claude-mythos-5')).toEqual(nothing);
    expect(asked('as you like')).toEqual(nothing);
    expect(fields({}, EFFORT_MODEL)).toEqual(nothing);
    expect(fields({ parameters: { temperature: 0.5 } }, EFFORT_MODEL)).toEqual(nothing);
  });

  it.each([
    ['claude-3-7-sonnet-latest', false],
    ['claude-sonnet-4-20250514', false],
    ['claude-opus-4-1-20250805', false],
    ['anthropic/claude-opus-4-6', false],
    ['deepseek-v4', false],
    ['claude-opus-4-7', true],
    ['claude-opus-4-10', true],
    ['claude-opus-5', true],
    ['claude-mythos-preview', true],
  ])('know by its name whether %s takes an effort: %j', (model, takesEffort) => {
    expect(fields({ parameters: high }, model)['output_config'] !== null).toBe(takesEffort);
  });

  it('give way to a forced tool', () => {
    const change = { tools: [TOOL], toolChoice: 'required', parameters: high };
    expect(fields(change, BUDGET_MODEL)).toEqual({ ...nothing, temperature: 0.5 });
    const effort = { ...nothing, output_config: { effort: 'high' } };
    expect(fields(change, EFFORT_MODEL)).toEqual({ ...effort, thinking: { type: 'disabled' } });
    expect(fields(change, 'claude-fable-5')).toEqual(effort);
    expect(fields({ ...change, parameters: {} }, EFFORT_MODEL)).toEqual({
      ...nothing,
      thinking: { type: 'disabled' },
    });
  });

  it('stay off while a budget model works on tool calls of a model that did not think', () => {
    const thought = opaque({ type: 'thinking', thinking: 't', signature: 's' });
    const turn = (...content: readonly ContentPart[]): readonly ChatMessage[] => [
      user(text('q')),
      { role: 'assistant', content, toolCalls: [{ id: 'c', name: 'f', args: '{}' }] },
      result('c', 'x'),
    ];
    const thinks = (messages: readonly ChatMessage[]): boolean =>
      fields({ messages, parameters: high }, BUDGET_MODEL)['thinking'] !== null;
    expect(thinks(turn(text('Looking.')))).toBe(false);
    expect(thinks(turn(thought, text('Looking.')))).toBe(true);
    expect(thinks([...turn(text('Looking.')), assistant(text('a')), user(text('r'))])).toBe(true);
  });
});

describe('a response format', () => {
  it('is sent as a schema, beside an effort', () => {
    const change = { responseFormat: FORMAT, parameters: { reasoning_effort: 'low' } };
    expect(body(change, EFFORT_MODEL)['output_config']).toEqual({
      effort: 'low',
      format: { type: 'json_schema', schema: SCHEMA },
    });
  });
});

describe('an answer that is gone on with', () => {
  const messages = [
    user(text('Count.')),
    assistant(opaque({ type: 'thinking', thinking: 't', signature: 's' }), text('one, two, \n')),
  ];
  const prefill = { messages, continues: true } as const;

  it('is the last message, without its thinking and the white space at its end', () => {
    expect(body(prefill)['messages']).toEqual([
      { role: 'user', content: [text('Count.')] },
      { role: 'assistant', content: [text('one, two,')] },
    ]);
    expect(lacks(prefill)).toBeNull();
  });

  it('is gone on with without thinking, a forced tool or a format, all of which the API refuses beside it', () => {
    const parameters = { reasoning_effort: 'high', temperature: 0.2 };
    const sent = body({
      ...prefill,
      parameters,
      tools: [TOOL],
      toolChoice: 'required',
      responseFormat: FORMAT,
    });
    expect(sent).not.toHaveProperty('thinking');
    expect(sent).not.toHaveProperty('tool_choice');
    expect(sent).not.toHaveProperty('output_config');
    expect(sent).toMatchObject({ temperature: 0.2, tools: [{ name: 'get_weather' }] });
    expect(body({ ...prefill, tools: [TOOL], toolChoice: 'none' })).toMatchObject({
      tool_choice: { type: 'none' },
    });
  });

  it('is asked for anew when nothing but white space was there', () => {
    const blank = [user(text('Count.')), assistant(text(' \n'))];
    expect(body({ messages: blank, continues: true })['messages']).toEqual([
      { role: 'user', content: [text('Count.')] },
    ]);
  });
});

describe('the prompt cache', () => {
  const history = [user(text('a')), assistant(text('b')), user(text('c'), text('d'))];

  it('is told where a long beginning ends: the last tool, the last system block, the last user message', () => {
    const sent = body({ messages: [system('x'), system(LONG), ...history], tools: [TOOL, TOOL] });
    expect(sent).toMatchObject({
      tools: [{ name: 'get_weather' }, { name: 'get_weather', ...MARK }],
      system: [text('x'), { ...text(LONG), ...MARK }],
      messages: [{}, {}, { content: [text('c'), { ...text('d'), ...MARK }] }],
    });
    expect(marksIn(sent)).toBe(3);
  });

  it('is not used for a short prompt, and not for the question of a conversation that has only one', () => {
    expect(marksIn(body({ messages: [system('x'), ...history], tools: [TOOL] }))).toBe(0);
    expect(marksIn(body({ messages: [user(text(LONG))] }))).toBe(0);
    expect(marksIn(body({ messages: [user(text(LONG)), assistant(text('b')), user(text('c'))] }))).toBe(1);
  });

  it('ends at the question also when the beginning of the answer follows', () => {
    const messages = [user(text(LONG)), assistant(text('b')), user(text('c')), assistant(text('d'))];
    expect(body({ messages, continues: true })).toMatchObject({
      messages: [{}, {}, { content: [{ ...text('c'), ...MARK }] }, { content: [text('d')] }],
    });
  });

  function marksIn(sent: JsonObject): number {
    return JSON.stringify(sent).split('cache_control').length - 1;
  }
});

describe('what the API cannot express is refused before the call', () => {
  const file = (data: JsonObject): ContentPart => opaque({ type: 'file', file: data });

  it.each([
    [
      'audio',
      { messages: [user(opaque({ type: 'input_audio', input_audio: { data: '', format: 'mp3' } }))] },
    ],
    ['a file by its id', { messages: [user(file({ file_id: 'f1' }))] }],
    ['a file that is no PDF', { messages: [user(file({ file_data: 'data:text/csv;base64,AA==' }))] }],
    ['a drawing', { messages: [user({ type: 'image', url: 'data:image/svg+xml;base64,AA==' })] }],
    ['thinking of a user', { messages: [user(opaque({ type: 'thinking', thinking: 't', signature: 's' }))] }],
    ['a choice among some tools', { toolChoice: { type: 'allowed_tools', allowed_tools: {} } }],
    ['JSON without a schema', { responseFormat: { type: 'json_object' } }],
    ['a blank stop word', { parameters: { stop: ['END', '\n'] } }],
    ['an answer at the end', { messages: [user(text('q')), assistant(text('a'))] }],
    ['a blank question', { messages: [user(text('q')), assistant(text('a')), user(text(' '))] }],
    ['nothing but blanks', { messages: [user(text(' '))] }],
  ])('%s', (_, change) => {
    expect(lacks(change)).toMatch(/\w/);
  });

  it('and nothing else', () => {
    const image: ContentPart = { type: 'image', url: 'data:image/webp;base64,AA==' };
    const messages = [
      system('x'),
      user(text('q'), image, file({ file_data: 'data:application/pdf;base64,AA==' })),
    ];
    const toolChoice = { type: 'function', function: { name: 'get_weather' } };
    const parameters = { stop: 'END', seed: 1 };
    expect(lacks({ messages, tools: [TOOL], toolChoice, responseFormat: FORMAT, parameters })).toBeNull();
  });
});

it('the documentation names the numbers that are sent', () => {
  const page = readFileSync(new URL('../docs/providers/anthropic.md', import.meta.url), 'utf8');
  const efforts = ['minimal', 'low', 'medium', 'high', 'xhigh'];
  const budgets = efforts.map((effort) => {
    const sent = body({ maxOutputTokens: 1e6, parameters: { reasoning_effort: effort } })['thinking'];
    return `${effort} ${isJsonObject(sent) ? String(sent['budget_tokens']) : ''}`;
  });
  expect(page).toContain(`${budgets.join(', ')} tokens`);
  expect(page).toContain(`\`max_tokens: ${String(body({})['max_tokens'])}\``);
});

function decode(stream: string): readonly DecodedEvent[] {
  const decoder = ANTHROPIC.decoder(1024 * 1024, null);
  return [...decoder.push(stream, 1000), ...decoder.close(1000)];
}

describe('an answer', () => {
  const frame = (event: JsonObject): string => `data: ${JSON.stringify(event)}\n\n`;
  const delta = (fields: JsonObject): string =>
    frame({ type: 'content_block_delta', index: 0, delta: fields });
  const start = (block: JsonObject): string =>
    frame({ type: 'content_block_start', index: 0, content_block: block });
  const END = frame({ type: 'content_block_stop', index: 0 }) + frame({ type: 'message_stop' });

  it.each([
    ['overloaded_error', 'upstream_rate_limited'],
    ['rate_limit_error', 'upstream_rate_limited'],
    ['timeout_error', 'upstream_timeout'],
    ['invalid_request_error', 'upstream_rejected'],
    ['authentication_error', 'upstream_denied'],
    ['permission_error', 'upstream_denied'],
    ['not_found_error', 'upstream_denied'],
    ['billing_error', 'upstream_denied'],
    ['api_error', 'upstream_failed'],
    ['error_of_tomorrow', 'upstream_failed'],
  ])('that ends in an %s has failed with %s, whatever its sentence says', (type, code) => {
    const error = { type, message: 'secret: busy, timed out, not_found, invalid_request' };
    expect(decode(frame({ type: 'error', error }))).toEqual([{ type: 'failure', code }]);
  });

  it('takes its tool calls as long as they lasted', () => {
    const decoder = ANTHROPIC.decoder(1024, null);
    decoder.push(start({ type: 'tool_use', id: 't', name: 'f', input: {} }), 1000);
    decoder.push(delta({ type: 'input_json_delta', partial_json: '{}' }), 1250);
    expect(decoder.push(END, 9000)[0]).toMatchObject({ type: 'tool_end', duration_ms: 250 });
  });

  it('shows thinking that is too long to be kept whole, but gives no part of it to send back', () => {
    const piece = 'x'.repeat(60 * 1024);
    const thoughts = delta({ type: 'thinking_delta', thinking: piece });
    const signed = delta({ type: 'signature_delta', signature: 'c2ln' });
    const types = (pieces: number): readonly string[] =>
      decode(start({ type: 'thinking', thinking: '' }) + thoughts.repeat(pieces) + signed + END).map(
        ({ type }) => type,
      );
    expect(types(2)).toEqual(['thinking', 'thinking', 'thinking_part', 'finish']);
    expect(types(3)).toEqual(['thinking', 'thinking', 'thinking', 'finish']);
    expect(decode(start({ type: 'redacted_thinking', data: piece.repeat(3) }) + END)).toMatchObject([
      { type: 'finish' },
    ]);
  });

  it('gives no part for thinking that nobody signed', () => {
    const thoughts = delta({ type: 'thinking_delta', thinking: 'Hm' });
    expect(decode(start({ type: 'thinking', thinking: '' }) + thoughts + END)).toEqual([
      { type: 'thinking', text: 'Hm' },
      { type: 'finish', reason: 'stop', usage: null },
    ]);
  });

  it('says nothing more after its end, and is not ended by another dialect’s last word', () => {
    const decoder = ANTHROPIC.decoder(1024, null);
    expect(decoder.push(frame({ type: 'message_stop' }), 1000)).toMatchObject([{ type: 'finish' }]);
    expect(decoder.push('data: nonsense\n\n', 1000)).toEqual([]);
    expect(decoder.close(1000)).toEqual([]);
    expect(decode('data: [DONE]\n\n')).toEqual([{ type: 'failure', code: 'upstream_failed' }]);
  });

  it('fails when an event is larger than allowed, in one piece or in many', () => {
    const event = delta({ type: 'text_delta', text: 'x'.repeat(200) });
    for (const step of [event.length, 7, 1]) {
      const decoder = ANTHROPIC.decoder(100, null);
      const pieces = event.match(new RegExp(`[^]{1,${step}}`, 'g')) ?? [];
      expect(pieces.flatMap((piece) => decoder.push(piece, 1000))).toEqual([
        { type: 'failure', code: 'upstream_malformed' },
      ]);
    }
  });
});
