// The local stand-ins answer honestly, in shapes that the real providers' decoders understand, at a model's pace.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { providerNamed } from '../providers/registry.ts';
import { chatLines } from '../worker/local/chat-lines.ts';
import { pacedBy, pacedStream } from '../worker/local/paced-stream.ts';
import { scriptedAnswer, type ScriptedAnswer } from '../worker/local/scripted-answer.ts';
import { readQuestion } from '../worker/local/scripted-question.ts';
import type { JsonObject } from '../protocol/json.ts';

const WEATHER = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, unit: { enum: ['C', 'F'] }, days: { type: 'integer' } },
    },
  },
};

function answerTo(text: string, more: JsonObject = {}, tier: 'edge' | 'cloud' = 'cloud'): ScriptedAnswer {
  const question = readQuestion({ messages: [{ role: 'user', content: text }], ...more });
  if (question === null) throw new Error('not a question');
  return scriptedAnswer(question, { tier, model: 'gpt-5-mini' });
}

function textOf(answer: ScriptedAnswer): string {
  return answer.pieces.join('');
}

describe('a stand-in', () => {
  it.each(['edge', 'cloud'] as const)(
    'says at the %s that no model ran, and has enough to stream',
    (tier) => {
      const answer = answerTo('Why is the sky blue?', {}, tier);
      expect(textOf(answer)).toContain('scripted stand-in for gpt-5-mini');
      expect(textOf(answer)).toContain('no model ran');
      expect(textOf(answer)).toContain('"Why is the sky blue?"');
      expect(answer.pieces.length).toBeGreaterThanOrEqual(40);
      expect(answer.usage.completion_tokens).toBe(answer.pieces.length);
    },
  );

  it('gives the same answer to the same question', () => {
    expect(answerTo('Hello')).toEqual(answerTo('Hello'));
  });

  it('counts as far as asked, for a stream of a wished length', () => {
    expect(textOf(answerTo('Please count to 300'))).toMatch(/ 1 2 3 |\n1 2 3 /);
    expect(textOf(answerTo('Please count to 300'))).toMatch(/ 299 300$/);
  });

  it('stops at the output limit', () => {
    const answer = answerTo('Hello', { max_tokens: 5 });
    expect(answer).toMatchObject({ finishReason: 'length', usage: { completion_tokens: 5 } });
  });

  it('calls a tool when asked for it, then tells what the tool returned', () => {
    const tools = [WEATHER];
    const call = { name: 'get_weather', args: { city: 'scripted', unit: 'C', days: 1 } };
    expect(answerTo('What is the weather in Rome?', { tools })).toMatchObject({
      toolCall: call,
      finishReason: 'tool_calls',
    });
    expect(answerTo('Hi', { tools, tool_choice: 'required' })).toMatchObject({ toolCall: call });
    expect(answerTo('Hi', { tools }).toolCall).toBeNull();
    expect(answerTo('The weather?', { tools, tool_choice: 'none' }).toolCall).toBeNull();
    const messages = [
      { role: 'user', content: 'weather?' },
      { role: 'tool', tool_call_id: 'c', content: '17 degrees' },
    ];
    expect(textOf(answerTo('', { messages, tools }))).toContain('17 degrees');
  });

  it('answers with JSON that fits the schema', () => {
    const schema = {
      type: 'object',
      properties: { items: { type: 'array', items: { $ref: '#/$defs/item' } } },
      $defs: { item: { type: 'boolean' } },
    };
    const format = (wrapped: JsonObject): JsonObject => ({
      response_format: { type: 'json_schema', json_schema: wrapped },
    });
    expect(JSON.parse(textOf(answerTo('Hi', format({ name: 'x', schema }))))).toEqual({ items: [true] });
    expect(JSON.parse(textOf(answerTo('Hi', format(schema))))).toEqual({ items: [true] });
    const any: unknown = JSON.parse(
      textOf(answerTo('Say "hi"', { response_format: { type: 'json_object' } })),
    );
    expect(any).toMatchObject({ note: expect.stringContaining('no model ran'), question: 'Say "hi"' });
  });

  it('is understood by the decoder of the real provider', () => {
    for (const answer of [answerTo('Hello 👩‍🚀'), answerTo('weather', { tools: [WEATHER] })]) {
      const { lines, last } = chatLines(answer, 'm', true);
      const decoder = providerNamed('openai')?.decoder(1024 * 1024, null);
      const events = decoder?.push([...lines, last].join(''), 0) ?? [];
      const text = events.map((event) => (event.type === 'text_delta' ? event.text : '')).join('');
      const args = events.map((event) => ('args' in event ? event.args : '')).join('');
      expect(text).toBe(textOf(answer));
      expect(args).toBe(answer.toolCall === null ? '' : JSON.stringify(answer.toolCall.args));
      expect(events.at(-1)).toMatchObject({
        type: 'finish',
        reason: answer.finishReason,
        usage: { input_tokens: answer.usage.prompt_tokens, output_tokens: answer.usage.completion_tokens },
      });
    }
  });
});

describe('the pace', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const utf8 = new TextDecoder();

  it('is first token, then one line per gap, then the end', async () => {
    const reader = pacedStream(['a', 'b'], 'end', { firstMs: 50, gapMs: 15 }).getReader();
    const startMs = Date.now();
    const seen: unknown[] = [];
    for (let ended = false; !ended;) {
      const reading = reader.read();
      await vi.runAllTimersAsync();
      const { value, done } = await reading;
      seen.push([done ? null : utf8.decode(value), Date.now() - startMs]);
      ended = done;
    }
    expect(seen).toEqual([
      ['a', 50],
      ['b', 65],
      ['end', 65],
      [null, 65],
    ]);
  });

  it('stops when nobody reads or somebody cancels', async () => {
    const reader = pacedStream(['a', 'b', 'c'], 'end', { firstMs: 50, gapMs: 15 }).getReader();
    expect(vi.getTimerCount()).toBe(0);
    const reading = reader.read();
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(1);
    await reader.cancel();
    expect(vi.getTimerCount()).toBe(0);
    expect((await reading).done).toBe(true);
  });

  it('is divided by the configured speed, and plausible without one', () => {
    const pace = { firstMs: 400, gapMs: 25 };
    expect(pacedBy(pace, '4')).toEqual({ firstMs: 100, gapMs: 6.25 });
    for (const text of [undefined, '', '0', '-1', 'fast']) expect(pacedBy(pace, text)).toEqual(pace);
  });
});
