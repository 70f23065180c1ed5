// A canonical request as OpenAI's Responses API takes it, and its answer taken up again.

import { describe, expect, it } from 'vitest';
import type { ChatRequest, ContentPart } from '../protocol/chat-request.ts';
import { OPENAI_RESPONSES } from '../providers/openai-responses/openai-responses.ts';

const REQUEST: ChatRequest = {
  model: 'auto',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  stream: false,
  includeUsage: false,
  maxOutputTokens: null,
  tools: [],
  parameters: {},
};
const REASONING = { reasoning: { summary: 'auto' }, include: ['reasoning.encrypted_content'] };

function sent(
  change: Partial<ChatRequest>,
  upstreamModel = 'gpt-5-mini',
  flavour: string | null = null,
): unknown {
  const call = OPENAI_RESPONSES.encode({ ...REQUEST, ...change }, { upstreamModel, flavour });
  if (call.type !== 'http') throw new Error('not an HTTP call');
  return JSON.parse(call.body);
}

function says(...content: readonly ContentPart[]): Partial<ChatRequest> {
  return { messages: [{ role: 'user', content }] };
}

describe('the body', () => {
  it('asks for a stream that is not stored, with thinking that can be sent back', () => {
    expect(OPENAI_RESPONSES.encode(REQUEST, { upstreamModel: 'm', flavour: null })).toMatchObject({
      type: 'http',
      path: '/responses',
    });
    expect(sent({})).toEqual({
      model: 'gpt-5-mini',
      input: [{ role: 'user', content: 'Hi' }],
      stream: true,
      store: false,
      ...REASONING,
    });
  });

  it('says nothing of reasoning to models that refuse it', () => {
    for (const model of ['gpt-4.1-mini', 'gpt-4o', 'gpt-5-chat-latest', 'chatgpt-4o-latest']) {
      expect(sent({ parameters: { reasoning_effort: 'low' } }, model)).not.toHaveProperty('reasoning');
      expect(sent({}, model)).not.toHaveProperty('include');
    }
    for (const model of ['o4-mini', 'gpt-5.2-codex']) expect(sent({}, model)).toMatchObject(REASONING);
  });

  it('has limit, format, effort, verbosity and tenant in its own fields, and nothing it does not know', () => {
    const schema = { type: 'object' };
    const change = {
      maxOutputTokens: 5,
      cacheScope: 'h1',
      responseFormat: { type: 'json_schema', json_schema: { name: 'a', strict: true, schema } },
      parameters: { temperature: 1, seed: 7, logit_bias: {}, reasoning_effort: 'low', verbosity: 'high' },
    };
    expect(sent(change)).toEqual({
      model: 'gpt-5-mini',
      input: [{ role: 'user', content: 'Hi' }],
      stream: true,
      store: false,
      temperature: 1,
      max_output_tokens: 16,
      text: { format: { type: 'json_schema', name: 'a', strict: true, schema }, verbosity: 'high' },
      ...REASONING,
      reasoning: { effort: 'low', summary: 'auto' },
      prompt_cache_key: 'h1',
      safety_identifier: 'h1',
    });
    expect(sent({ responseFormat: { type: 'json_object' } })).toMatchObject({
      text: { format: { type: 'json_object' } },
    });
  });

  it('has flat tools that are as lenient as those of chat completions', () => {
    const named = { type: 'function', function: { name: 'f' } };
    const tools = [
      { type: 'function', function: { name: 'f', description: 'd', parameters: {}, strict: true } },
      named,
    ];
    expect(sent({ tools, toolChoice: named })).toMatchObject({
      tools: [
        { type: 'function', name: 'f', description: 'd', parameters: {}, strict: true },
        { type: 'function', name: 'f', parameters: null, strict: false },
      ],
      tool_choice: { type: 'function', name: 'f' },
    });
    expect(sent({ tools, toolChoice: 'required' })).toMatchObject({ tool_choice: 'required' });
    const allowed = { mode: 'auto', tools: [named] };
    expect(sent({ tools, toolChoice: { type: 'allowed_tools', allowed_tools: allowed } })).toMatchObject({
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
    });
    expect(sent({ toolChoice: 'none' })).not.toHaveProperty('tool_choice');
  });
});

describe('the input', () => {
  it('has an item for each message, call and result, the first system messages as instructions', () => {
    const text = (words: string): ContentPart[] => [{ type: 'text', text: words }];
    const messages: ChatRequest['messages'] = [
      { role: 'system', content: text('Be brief.') },
      { role: 'system', content: text('Be kind.') },
      {
        role: 'user',
        name: 'ann',
        content: [
          ...text('This?'),
          { type: 'image', url: 'data:image/png;base64,AA==' },
          { type: 'opaque', raw: { type: 'file', file: { filename: 'a.pdf', file_data: 'data:x' } } },
        ],
      },
      { role: 'assistant', content: text('Look:'), toolCalls: [{ id: 'c1', name: 'f', args: '{}' }] },
      { role: 'tool', toolCallId: 'c1', content: text('ok') },
      { role: 'system', content: text('Now loud.') },
    ];
    expect(sent({ messages })).toMatchObject({
      instructions: 'Be brief.\n\nBe kind.',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'This?' },
            { type: 'input_image', image_url: 'data:image/png;base64,AA==', detail: 'auto' },
            { type: 'input_file', filename: 'a.pdf', file_data: 'data:x' },
          ],
        },
        { role: 'assistant', content: 'Look:' },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: 'ok' },
        { role: 'developer', content: 'Now loud.' },
      ],
    });
  });

  it('gives its own thinking back before what it led to, and leaves out that of others', () => {
    const format = 'openai-responses-v1';
    const raws = [
      { type: 'reasoning.text', format: 'anthropic-claude-v1', text: 'x', signature: 's' },
      { type: 'reasoning.summary', format, id: 'rs_1', summary: 'Count' },
      { type: 'reasoning.encrypted', format, id: 'rs_1', data: 'gAAA+/==' },
      { type: 'reasoning.summary', format, id: 'rs_2', summary: 'without its content' },
    ];
    const content = raws.map((raw) => ({ type: 'opaque', raw }) as const);
    const messages: ChatRequest['messages'] = [
      { role: 'assistant', content, toolCalls: [{ id: 'c1', name: 'f', args: '{}' }] },
    ];
    expect(OPENAI_RESPONSES.lacks({ ...REQUEST, messages }, null)).toBeNull();
    expect(sent({ messages })).toMatchObject({
      input: [
        {
          type: 'reasoning',
          id: 'rs_1',
          summary: [{ type: 'summary_text', text: 'Count' }],
          encrypted_content: 'gAAA+/==',
        },
        { type: 'function_call', call_id: 'c1' },
      ],
    });
  });

  it('cannot hold sound, and there are no stop sequences', () => {
    const sound = says({ type: 'opaque', raw: { type: 'input_audio', input_audio: {} } });
    expect(OPENAI_RESPONSES.lacks({ ...REQUEST, ...sound }, null)).toMatch(/audio/);
    expect(OPENAI_RESPONSES.lacks({ ...REQUEST, parameters: { stop: ['x'] } }, null)).toBe('stop sequences');
    expect(OPENAI_RESPONSES.lacks(REQUEST, null)).toBeNull();
  });
});

describe('in the background', () => {
  const options = { upstreamModel: 'gpt-5-mini', flavour: 'background' };

  it('the answer is kept by OpenAI', () => {
    expect(sent({}, 'gpt-5-mini', 'background')).toMatchObject({
      store: true,
      background: true,
      stream: true,
    });
  });

  it('an answer is taken up right after its cursor', () => {
    expect(OPENAI_RESPONSES.resume?.('resp_68a1:7', options)).toEqual({
      type: 'http',
      method: 'GET',
      path: '/responses/resp_68a1?stream=true&starting_after=7',
      headers: {},
      body: '',
    });
    for (const cursor of ['resp_1', 'a/../b:1', 'resp_1:x', '?:1']) {
      expect(() => OPENAI_RESPONSES.resume?.(cursor, options)).toThrow('not a cursor');
    }
  });

  it('a call that was cut and is taken up never becomes half a call', () => {
    const decoder = OPENAI_RESPONSES.decoder(1024, 'background');
    const event = (fields: object): string => `data: ${JSON.stringify(fields)}\n\n`;
    const rest = event({ type: 'response.function_call_arguments.delta', output_index: 0, delta: '"Rome"}' });
    const end = event({ type: 'response.completed', response: {} });
    expect([...decoder.push(rest, 0), ...decoder.push(end, 0)]).toEqual([
      { type: 'failure', code: 'upstream_malformed' },
    ]);
  });
});
