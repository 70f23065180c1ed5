// A chat completion request is understood once, at the edge; what cannot be honoured is refused by name.

import { describe, expect, it } from 'vitest';
import { parseChatRequest } from '../dialects/chat/parse-request.ts';

const HELLO = [{ role: 'user', content: 'Hello' }];
const LIMITS = { maxMessages: 1000 };

function parse(fields: object): ReturnType<typeof parseChatRequest> {
  return parseChatRequest({ model: 'auto', messages: HELLO, ...fields }, LIMITS);
}

/** The canonical request; fails the test when it was refused. */
function accepted(fields: object): unknown {
  const parsed = parse(fields);
  expect(parsed).toMatchObject({ ok: true });
  return parsed.ok ? parsed.value : null;
}

function refusal(fields: object): unknown {
  const parsed = parse(fields);
  return parsed.ok ? null : parsed.refusal;
}

function nested(levels: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { value };
  return value;
}

describe('a valid request', () => {
  it('needs only a model and a message', () => {
    expect(accepted({})).toEqual({
      model: 'auto',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
      stream: false,
      includeUsage: false,
      maxOutputTokens: null,
      tools: [],
      parameters: {},
    });
  });

  it('keeps every kind of message and part', () => {
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'system', content: [{ type: 'text', text: 'Be kind.' }] },
      {
        role: 'user',
        name: 'ann',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: 'https://a.example/b.png', detail: 'high' } },
          { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: 'done' },
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
    ];
    expect(accepted({ messages })).toMatchObject({
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'system', content: [{ type: 'text', text: 'Be kind.' }] },
        {
          role: 'user',
          name: 'ann',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', url: 'https://a.example/b.png', detail: 'high' },
            { type: 'opaque', raw: { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } } },
          ],
        },
        { role: 'assistant', content: [], toolCalls: [{ id: 'c', name: 'f', args: '{}' }] },
        { role: 'tool', toolCallId: 'c', content: [{ type: 'text', text: 'done' }] },
        { role: 'assistant', content: [{ type: 'text', text: 'No.' }], toolCalls: [] },
      ],
    });
  });

  it('carries sampling fields under their own names, and drops what concerns only OpenAI and what nobody knows', () => {
    const sampling = {
      temperature: 0,
      top_p: 1,
      stop: ['a', 'b'],
      seed: 5,
      presence_penalty: -2,
      frequency_penalty: 2,
      logit_bias: { 50256: -100 },
      parallel_tool_calls: false,
      reasoning_effort: 'low',
      verbosity: 'low',
      prediction: { type: 'content', content: 'x' },
    };
    const dropped = { user: 'ann', store: true, service_tier: 'flex', made_up: 1 };
    expect(accepted({ ...sampling, ...dropped })).toMatchObject({ parameters: sampling });
    expect(accepted(dropped)).toEqual(accepted({}));
  });

  it('lets max_completion_tokens win over max_tokens', () => {
    expect(accepted({ max_tokens: 5 })).toMatchObject({ maxOutputTokens: 5 });
    expect(accepted({ max_tokens: 5, max_completion_tokens: 9 })).toMatchObject({ maxOutputTokens: 9 });
  });

  it('reads streaming, tools and the response format', () => {
    const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };
    const fields = {
      stream: true,
      stream_options: { include_usage: true },
      tools: [tool],
      tool_choice: { type: 'function', function: { name: 'f' } },
      response_format: { type: 'json_object' },
    };
    expect(accepted(fields)).toMatchObject({
      stream: true,
      includeUsage: true,
      tools: [tool],
      toolChoice: fields.tool_choice,
      responseFormat: { type: 'json_object' },
    });
    expect(accepted({ response_format: { type: 'text' } })).not.toHaveProperty('responseFormat');
  });

  it('treats null as not sent', () => {
    const names = [
      'stream',
      'stream_options',
      'max_tokens',
      'tools',
      'tool_choice',
      'response_format',
      'stop',
      'n',
      'seed',
    ];
    expect(accepted(Object.fromEntries(names.map((name) => [name, null])))).toEqual(accepted({}));
  });

  it('is not changed by a __proto__ in the JSON', () => {
    const body: unknown = JSON.parse(
      '{"model":"auto","messages":[{"role":"user","content":"Hello","__proto__":{"name":"x"}}],' +
        '"__proto__":{"stream":true,"n":5},"logit_bias":{"__proto__":{"polluted":1}}}',
    );
    expect(parseChatRequest(body, LIMITS)).toEqual(parse({ logit_bias: {} }));
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('a refusal names the field and the remedy', () => {
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: 5 } };
  it.each([
    [{ model: '' }, 'model', /auto/],
    [{ messages: [] }, 'messages', /at least one/],
    [{ messages: 'Hello' }, 'messages', /array/],
    [{ messages: [...HELLO, 5] }, 'messages[1]', /object/],
    [{ messages: [{ role: 'function', content: '' }] }, 'messages[0].role', /"user"/],
    [
      { messages: [...HELLO, ...HELLO, ...HELLO, { role: 'user', content: 5 }] },
      'messages[3].content',
      /string or an array/,
    ],
    [{ messages: [{ role: 'user', content: null }] }, 'messages[0].content', /string or an array/],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content', /required/],
    [{ messages: [{ role: 'user', content: [] }] }, 'messages[0].content', /empty/],
    [{ messages: [{ role: 'user', content: [{ text: 'x' }] }] }, 'messages[0].content[0]', /"type"/],
    [
      { messages: [{ role: 'system', content: [{ type: 'image_url' }] }] },
      'messages[0].content[0]',
      /text part/,
    ],
    [{ messages: [{ role: 'assistant', content: null }] }, 'messages[0]', /"tool_calls"/],
    [
      { messages: [{ role: 'assistant', tool_calls: [call] }] },
      'messages[0].tool_calls[0].function.arguments',
      /string/,
    ],
    [{ messages: [{ role: 'assistant', function_call: {} }] }, 'messages[0].function_call', /tool_calls/],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id', /required/],
    [{ stream: 'true' }, 'stream', /true or false/],
    [{ stream_options: { include_usage: 1 } }, 'stream_options.include_usage', /true or false/],
    [{ max_tokens: 0 }, 'max_tokens', /at least 1/],
    [{ max_tokens: 1.5 }, 'max_tokens', /whole/],
    [{ temperature: 2.1 }, 'temperature', /between 0 and 2/],
    [{ temperature: Infinity }, 'temperature', /between 0 and 2/],
    [{ stop: [1] }, 'stop[0]', /string/],
    [{ logit_bias: { 5: 101 } }, 'logit_bias.5', /between/],
    [{ n: 2 }, 'n', /must be 1/],
    [{ logprobs: true }, 'logprobs', /must be false/],
    [{ audio: { voice: 'x' } }, 'audio', /text/],
    [{ modalities: ['text', 'audio'] }, 'modalities[1]', /text/],
    [{ functions: [] }, 'functions', /"tools"/],
    [{ function_call: 'auto' }, 'function_call', /"tool_choice"/],
    [{ tools: [{ type: 'custom', custom: {} }] }, 'tools[0].type', /"function"/],
    [{ tools: [{ type: 'function', function: { name: 'a b' } }] }, 'tools[0].function.name', /letters/],
    [{ tool_choice: 'f' }, 'tool_choice', /"auto"/],
    [{ response_format: { type: 'xml' } }, 'response_format', /json_object/],
    [{ response_format: { type: 'json_schema' } }, 'response_format', /json_schema/],
  ])('%j', (fields, param, message) => {
    expect(refusal(fields)).toMatchObject({
      reason: 'invalid_request',
      param,
      message: expect.stringMatching(message),
    });
  });

  it.each([[null], [[]], ['text'], [5]])('for a body that is no object: %j', (body) => {
    expect(parseChatRequest(body, LIMITS)).toMatchObject({ ok: false, refusal: { param: null } });
  });

  it('for a field that is missing', () => {
    expect(parseChatRequest({ messages: HELLO }, LIMITS)).toMatchObject({
      refusal: { param: 'model', message: 'model is required: send "auto" to let the router choose.' },
    });
    expect(parseChatRequest({ model: 'auto' }, LIMITS)).toMatchObject({ refusal: { param: 'messages' } });
  });

  it('never repeats what was sent', () => {
    const secret = 'sk-live-secret';
    const bodies = [
      { stream: secret },
      { messages: [{ role: secret }] },
      { tool_choice: secret },
      { n: secret },
    ];
    for (const body of bodies) expect(JSON.stringify(refusal(body))).not.toContain(secret);
  });
});

describe('a request is bounded', () => {
  it('takes as many messages as the limit and not one more', () => {
    const messages = Array.from({ length: 1000 }, () => HELLO[0]);
    expect(parse({ messages })).toMatchObject({ ok: true });
    expect(refusal({ messages: [...messages, HELLO[0]] })).toMatchObject({ param: 'messages' });
  });

  it('takes JSON 64 levels deep and not one more, without a deep stack', () => {
    expect(parse({ metadata: nested(64) })).toMatchObject({ ok: true });
    expect(refusal({ metadata: nested(65) })).toMatchObject({ param: null });
    expect(refusal({ metadata: nested(200_000) })).toMatchObject({ param: null });
  });
});
