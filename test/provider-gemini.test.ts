// What Google's Gemini API is sent for a canonical request, and what only its own dialect has in an answer.

import { describe, expect, it } from 'vitest';
import type { ChatMessage, ChatRequest } from '../protocol/chat-request.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import { GEMINI } from '../providers/gemini/gemini.ts';

const REQUEST: ChatRequest = {
  model: 'auto',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  stream: false,
  includeUsage: false,
  maxOutputTokens: null,
  tools: [],
  parameters: {},
};
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, additionalProperties: false };
const TOOL = { type: 'function', function: { name: 'get_weather', parameters: SCHEMA, strict: true } };

function encode(change: Partial<ChatRequest>, upstreamModel = 'gemini-2.5-flash') {
  const call = GEMINI.encode({ ...REQUEST, ...change }, { upstreamModel, flavour: null });
  if (call.type !== 'http') throw new Error('not an HTTP call');
  const body: JsonObject = JSON.parse(call.body);
  return { path: call.path, body };
}

function user(...parts: readonly JsonObject[]): JsonObject {
  return { role: 'user', parts };
}

function says(role: 'user' | 'assistant' | 'system', text: string): ChatMessage {
  const content = [{ type: 'text', text }] as const;
  return role === 'assistant' ? { role, content, toolCalls: [] } : { role, content };
}

function lacks(change: Partial<ChatRequest>): string | null {
  return GEMINI.lacks({ ...REQUEST, ...change }, null);
}

function opaque(raw: JsonObject): Partial<ChatRequest> {
  return { messages: [{ role: 'user', content: [{ type: 'opaque', raw }] }] };
}

function decode(pieces: readonly string[], maxEventBytes = 10_000): DecodedEvent[] {
  const decoder = GEMINI.decoder(maxEventBytes, null);
  return [...pieces.flatMap((piece) => decoder.push(piece, 1000)), ...decoder.close(1000)];
}

describe('the call', () => {
  it('goes to the model in the path, below a bare host, so that a gateway can stand before it', () => {
    expect(encode({}).path).toBe('/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse');
    expect(encode({}, 'tunedModels/mine-7').path).toMatch('/v1beta/tunedModels/mine-7:');
    expect(GEMINI.server?.baseUrl).toBe('https://generativelanguage.googleapis.com');
    expect(GEMINI.keyHeaders('k')).toEqual({ 'x-goog-api-key': 'k' });
  });

  it.each(['../secret', 'a/b', 'gemini?key=1', 'gemini#x', 'models/..', 'a..b', '', 'gemini%2f', 'a b'])(
    'is never made for the model "%s", which could lead elsewhere',
    (model) => {
      expect(() => encode({}, model)).toThrow(/no name of a Gemini model: configure one/);
    },
  );

  it('holds the prompt and nothing that was not asked for', () => {
    expect(encode({}).body).toEqual({ contents: [user({ text: 'Hi' })] });
  });
});

describe('messages', () => {
  it('become turns of user and model, those of one role in a row merged, empty texts left out', () => {
    const messages = [
      says('user', 'a'),
      says('user', 'b'),
      says('assistant', 'c'),
      says('user', ''),
      says('user', 'd'),
    ];
    expect(encode({ messages }).body['contents']).toEqual([
      user({ text: 'a' }, { text: 'b' }),
      { role: 'model', parts: [{ text: 'c' }] },
      user({ text: 'd' }),
    ]);
  });

  it('of the system stand together before the conversation, in their order', () => {
    const messages = [says('system', 'Be brief.'), says('user', 'Hi'), says('system', 'In German.')];
    expect(encode({ messages }).body).toEqual({
      contents: [user({ text: 'Hi' })],
      systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'In German.' }] },
    });
  });

  it('of the system alone are the prompt', () => {
    expect(encode({ messages: [says('system', 'Say hi.')] }).body).toEqual({
      contents: [user({ text: 'Say hi.' })],
    });
  });

  it('carry images, audio and files as data, and links as links', () => {
    const content = [
      { type: 'image', url: 'data:image/png;base64,AA==' },
      { type: 'image', url: 'https://x.test/a.WEBP?w=1' },
      { type: 'image', url: 'https://x.test/a' },
      { type: 'opaque', raw: { type: 'input_audio', input_audio: { data: 'BB==', format: 'wav' } } },
      { type: 'opaque', raw: { type: 'file', file: { file_data: 'data:application/pdf;base64,CC==' } } },
    ] as const;
    const messages: ChatMessage[] = [{ role: 'user', content }];
    expect(encode({ messages }).body['contents']).toEqual([
      user(
        { inlineData: { mimeType: 'image/png', data: 'AA==' } },
        { fileData: { mimeType: 'image/webp', fileUri: 'https://x.test/a.WEBP?w=1' } },
        { fileData: { mimeType: 'image/jpeg', fileUri: 'https://x.test/a' } },
        { inlineData: { mimeType: 'audio/wav', data: 'BB==' } },
        { inlineData: { mimeType: 'application/pdf', data: 'CC==' } },
      ),
    ]);
    expect(lacks({ messages })).toBeNull();
  });

  it('end with the beginning of the answer when it is to be gone on with', () => {
    const messages = [says('user', 'Count'), says('assistant', 'One, two,')];
    expect(encode({ messages, continues: true }).body['contents']).toEqual([
      user({ text: 'Count' }),
      { role: 'model', parts: [{ text: 'One, two,' }] },
    ]);
  });
});

describe('tools', () => {
  const calls: ChatMessage[] = [
    says('user', 'Weather?'),
    {
      role: 'assistant',
      content: [],
      toolCalls: [
        { id: 'c1', name: 'get_weather', args: '{"city":"Paris"}' },
        { id: 'c2', name: 'now', args: '' },
      ],
    },
    { role: 'tool', toolCallId: 'c1', content: [{ type: 'text', text: '{"sky":"clear"}' }] },
    { role: 'tool', toolCallId: 'c2', content: [{ type: 'text', text: 'noon' }] },
    says('user', 'Thanks'),
  ];

  it('are declared with their JSON schema as it is', () => {
    expect(encode({ tools: [TOOL] }).body['tools']).toEqual([
      {
        functionDeclarations: [
          { name: 'get_weather', description: 'get_weather', parametersJsonSchema: SCHEMA },
        ],
      },
    ]);
  });

  it.each([
    ['auto', { mode: 'AUTO' }],
    ['none', { mode: 'NONE' }],
    ['required', { mode: 'ANY' }],
    [
      { type: 'function', function: { name: 'f' } },
      { mode: 'ANY', allowedFunctionNames: ['f'] },
    ],
  ])('are chosen as by tool_choice %j', (toolChoice, functionCallingConfig) => {
    expect(encode({ tools: [TOOL], toolChoice }).body['toolConfig']).toEqual({ functionCallingConfig });
    expect(encode({ toolChoice }).body).not.toHaveProperty('toolConfig');
  });

  it('get their results back in one turn of the user, by name and id, as objects', () => {
    expect(encode({ messages: calls }).body['contents']).toEqual([
      user({ text: 'Weather?' }),
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'c1', name: 'get_weather', args: { city: 'Paris' } } },
          { functionCall: { id: 'c2', name: 'now', args: {} } },
        ],
      },
      user(
        { functionResponse: { id: 'c1', name: 'get_weather', response: { sky: 'clear' } } },
        { functionResponse: { id: 'c2', name: 'now', response: { output: 'noon' } } },
        { text: 'Thanks' },
      ),
    ]);
  });

  it.each(['[1,2]', '"text"', '{"id":12345678901234567890}', '{bad'])(
    'get the result %s back as text, to the last character',
    (text) => {
      const messages: ChatMessage[] = [{ role: 'tool', toolCallId: 'c9', content: [{ type: 'text', text }] }];
      expect(encode({ messages }).body['contents']).toMatchObject([
        user({ functionResponse: { name: 'c9', response: { output: text } } }),
      ]);
    },
  );

  it('called by another model are marked as such from Gemini 3 on, the first of each turn', () => {
    const [, model] = [encode({ messages: calls }, 'gemini-3-pro-preview').body['contents']].flat();
    expect(model).toMatchObject({
      parts: [
        { functionCall: { id: 'c1' }, thoughtSignature: 'skip_thought_signature_validator' },
        { functionCall: { id: 'c2' } },
      ],
    });
    expect(JSON.stringify(model).match(/thoughtSignature/g)).toHaveLength(1);
  });
});

describe('thought signatures', () => {
  const SIGNATURE = 'EtoBCtcB+/==';
  const signed = (id: string, format = 'google-gemini-v1'): ChatMessage['content'][number] => ({
    type: 'opaque',
    raw: { type: 'reasoning.encrypted', format, id, data: SIGNATURE },
  });

  it('make the way from an answer into the next request byte by byte', () => {
    const part = { functionCall: { name: 'f', args: {} }, thoughtSignature: SIGNATURE };
    const chunk = { candidates: [{ content: { parts: [part] }, finishReason: 'STOP' }] };
    const events = decode([`data: ${JSON.stringify(chunk)}\n\n`]);
    const start = events.find((event) => event.type === 'tool_start');
    const thinking = events.find((event) => event.type === 'thinking_part');
    if (start === undefined || thinking === undefined) throw new Error('no call or no signature');
    const messages: ChatMessage[] = [
      {
        role: 'assistant',
        content: [{ type: 'opaque', raw: thinking.part }],
        toolCalls: [{ id: start.id, name: start.tool, args: start.args }],
      },
    ];
    expect(encode({ messages }).body['contents']).toEqual([
      {
        role: 'model',
        parts: [{ functionCall: { id: start.id, name: 'f', args: {} }, thoughtSignature: SIGNATURE }],
      },
    ]);
  });

  it('without a call belong to the last text, or to an empty one', () => {
    const text = [signed(''), { type: 'text', text: 'a' }, { type: 'text', text: 'b' }] as const;
    const messages: ChatMessage[] = [
      { role: 'assistant', content: text, toolCalls: [] },
      says('user', '?'),
      { role: 'assistant', content: [signed('')], toolCalls: [] },
    ];
    expect(encode({ messages }).body['contents']).toEqual([
      { role: 'model', parts: [{ text: 'a' }, { text: 'b', thoughtSignature: SIGNATURE }] },
      user({ text: '?' }),
      { role: 'model', parts: [{ text: '', thoughtSignature: SIGNATURE }] },
    ]);
  });

  it('of other providers, and of calls that are not there, are left out', () => {
    const content = [signed('', 'anthropic-claude-v1'), signed('gone'), { type: 'text', text: 'a' }] as const;
    const messages: ChatMessage[] = [{ role: 'assistant', content, toolCalls: [] }];
    expect(encode({ messages }).body['contents']).toEqual([{ role: 'model', parts: [{ text: 'a' }] }]);
    expect(lacks({ messages })).toBeNull();
  });
});

describe('settings', () => {
  it('keep their meaning under their own names; what Gemini does not know is left out', () => {
    const parameters = {
      temperature: 0.5,
      top_p: 0.9,
      stop: 'END',
      seed: 2 ** 32 + 7,
      presence_penalty: 1,
      frequency_penalty: -1,
      logit_bias: { 5: 1 },
      verbosity: 'low',
      parallel_tool_calls: false,
    };
    expect(encode({ parameters, maxOutputTokens: 50 }).body['generationConfig']).toEqual({
      temperature: 0.5,
      topP: 0.9,
      stopSequences: ['END'],
      seed: 7,
      presencePenalty: 1,
      frequencyPenalty: -1,
      maxOutputTokens: 50,
    });
  });

  it('ask for JSON, with the schema when there is one', () => {
    const json = { responseMimeType: 'application/json' };
    expect(encode({ responseFormat: { type: 'json_object' } }).body['generationConfig']).toEqual(json);
    const responseFormat = { type: 'json_schema', json_schema: { name: 'a', schema: SCHEMA } };
    expect(encode({ responseFormat }).body['generationConfig']).toEqual({
      ...json,
      responseJsonSchema: SCHEMA,
    });
  });

  it.each([
    ['gemini-2.5-flash', 'none', { includeThoughts: false, thinkingBudget: 0 }],
    ['gemini-2.5-pro', 'none', { includeThoughts: false, thinkingBudget: 128 }],
    ['gemini-2.5-flash', 'minimal', { includeThoughts: true, thinkingBudget: 1024 }],
    ['gemini-2.5-flash', 'low', { includeThoughts: true, thinkingBudget: 1024 }],
    ['gemini-2.5-pro', 'medium', { includeThoughts: true, thinkingBudget: 8192 }],
    ['gemini-2.5-pro', 'xhigh', { includeThoughts: true, thinkingBudget: 24_576 }],
    ['gemini-3-flash-preview', 'none', { includeThoughts: false, thinkingLevel: 'minimal' }],
    ['gemini-3.1-pro-preview', 'minimal', { includeThoughts: true, thinkingLevel: 'low' }],
    ['gemini-flash-latest', 'high', { includeThoughts: true, thinkingLevel: 'high' }],
    ['gemini-3-pro-preview', 'xhigh', { includeThoughts: true, thinkingLevel: 'high' }],
  ])('make %s think with the effort %s', (model, effort, thinkingConfig) => {
    const parameters = { reasoning_effort: effort };
    expect(encode({ parameters }, model).body['generationConfig']).toEqual({ thinkingConfig });
  });

  it.each(['gemini-2.0-flash', 'gemini-1.5-pro', 'gemma-3-27b-it'])('do not make %s think', (model) => {
    expect(encode({ parameters: { reasoning_effort: 'high' } }, model).body).not.toHaveProperty(
      'generationConfig',
    );
  });
});

describe('a request is refused', () => {
  it.each([
    ['a file that only OpenAI has', opaque({ type: 'file', file: { file_id: 'f1' } }), 'this "file"'],
    ['a part of an unknown kind', opaque({ type: 'video_url', video_url: {} }), 'this "video_url"'],
    [
      'more stop sequences than it takes',
      { parameters: { stop: ['1', '2', '3', '4', '5', '6'] } },
      'more than 5',
    ],
    ['a choice among tools', { toolChoice: { type: 'allowed_tools' } }, 'tool_choice'],
    [
      'an image in plain data',
      { messages: [{ role: 'user', content: [{ type: 'image', url: 'data:image/svg+xml,<svg/>' }] }] },
      'base64',
    ],
  ] as const)('for %s', (_, change, words) => {
    expect(lacks(change)).toContain(words);
  });

  it('for nothing that Gemini can do', () => {
    expect(
      lacks({ tools: [TOOL], toolChoice: 'required', parameters: { stop: ['1', '2', '3', '4', '5'] } }),
    ).toBeNull();
  });
});

describe('an answer', () => {
  const chunk = (parts: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
    candidates: [{ content: { parts }, ...more }],
  });
  const sse = (...chunks: readonly JsonObject[]): string =>
    chunks.map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`).join('');
  const whole = [chunk([{ text: 'a' }]), chunk([{ text: 'b' }], { finishReason: 'STOP' })];

  it('may come as one JSON array, from a server that knows no events', () => {
    const body = JSON.stringify(whole, null, 2);
    const expected = [
      { type: 'text_delta', text: 'a' },
      { type: 'text_delta', text: 'b' },
      { type: 'finish', reason: 'stop', usage: null },
    ];
    expect(decode([body])).toEqual(expected);
    expect(decode([...`\n ${body}\n`])).toEqual(expected);
    expect(decode([body.slice(0, -1)])).toEqual([{ type: 'failure', code: 'upstream_failed' }]);
    expect(decode([...body], body.length - 1)).toEqual([{ type: 'failure', code: 'upstream_malformed' }]);
  });

  it.each([
    [{ code: 429, status: 'RESOURCE_EXHAUSTED' }, 'upstream_rate_limited'],
    [{ code: 503, status: 'UNAVAILABLE' }, 'upstream_failed'],
    [{ code: 504 }, 'upstream_timeout'],
    [{ status: 'INVALID_ARGUMENT' }, 'upstream_rejected'],
    [{ status: 'PERMISSION_DENIED' }, 'upstream_denied'],
    [{ code: 404, status: 'NOT_FOUND' }, 'upstream_denied'],
    [{ code: 13, message: 'internal' }, 'upstream_failed'],
    [{}, 'upstream_failed'],
    ['overloaded', 'upstream_failed'],
  ])('that is the error %j is %s, in a stream or as a body', (error, code) => {
    expect(decode([sse({ error }, chunk([], { finishReason: 'STOP' }))])).toEqual([
      { type: 'failure', code },
    ]);
    expect(decode([JSON.stringify([{ error }])])).toEqual([{ type: 'failure', code }]);
    expect(decode([JSON.stringify({ error })])).toEqual([{ type: 'failure', code }]);
  });

  it.each([
    ['SPII', { type: 'finish', reason: 'content_filter', usage: null }],
    ['IMAGE_SAFETY', { type: 'finish', reason: 'content_filter', usage: null }],
    ['BLOCKLIST', { type: 'finish', reason: 'content_filter', usage: null }],
    ['UNEXPECTED_TOOL_CALL', { type: 'failure', code: 'upstream_malformed' }],
    ['LANGUAGE', { type: 'failure', code: 'upstream_failed' }],
  ])('that ends by %s ends so', (finishReason, end) => {
    expect(decode([sse(chunk([], { finishReason }))])).toEqual([end]);
  });

  it('is not ended by another candidate', () => {
    expect(decode([sse({ candidates: [{ index: 1, finishReason: 'STOP' }] })])).toMatchObject([
      { type: 'failure' },
    ]);
  });

  it('with a call without a name is no answer', () => {
    const events = decode([
      sse(chunk([{ functionCall: { args: {} }, thoughtSignature: 'x' }, { text: 'b' }])),
    ]);
    expect(events).toEqual([{ type: 'failure', code: 'upstream_malformed' }]);
  });

  it('signs the call with which the signature came', () => {
    const call = (id: string, more: JsonObject = {}): JsonObject => ({
      functionCall: { id, name: 'f' },
      ...more,
    });
    const parts = [call('a'), call('b', { thoughtSignature: 'sb' }), { text: 't', thoughtSignature: 'st' }];
    const signed = decode([sse(chunk(parts, { finishReason: 'STOP' }))]).filter(
      ({ type }) => type === 'thinking_part',
    );
    expect(signed).toMatchObject([{ part: { id: 'b', data: 'sb' } }, { part: { id: '', data: 'st' } }]);
  });

  it('has events of exactly the allowed size, and not of one unit more', () => {
    const event = sse(whole[1] ?? {});
    const size = event.length - 'data: \r\n\r\n'.length;
    for (const pieces of [[event], [...event]]) {
      expect(decode(pieces, size)).toMatchObject([{ type: 'text_delta' }, { type: 'finish' }]);
      expect(decode(pieces, size - 1)).toEqual([{ type: 'failure', code: 'upstream_malformed' }]);
    }
  });

  it.each(['data: xxxxxxxx', '[         '])('that never ends, as "%s", is given up', (piece) => {
    const decoder = GEMINI.decoder(1000, null);
    const events = Array.from({ length: 300 }, (_, at) =>
      decoder.push(at === 0 ? piece : piece.slice(6), 1000),
    );
    expect(events.flat()).toEqual([{ type: 'failure', code: 'upstream_malformed' }]);
  });

  it('says nothing more after its end', () => {
    const decoder = GEMINI.decoder(1000, null);
    decoder.push(sse({ error: { code: 500 } }), 1000);
    expect([...decoder.push(sse(...whole), 1000), ...decoder.close(1000)]).toEqual([]);
  });
});
