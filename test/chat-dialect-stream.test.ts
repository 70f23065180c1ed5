// A log as a stream of chat completion chunks, and as one completion.

import { describe, expect, it } from 'vitest';
import { aRouteEvent } from './support/a-route.ts';
import { toCompletion } from '../dialects/chat/completion.ts';
import { projectorFor } from '../dialects/projectors.ts';
import { failureEvent } from '../protocol/errors.ts';
import type { FinishReason, StreamEvent } from '../protocol/events.ts';
import type { GenerationFacts } from '../protocol/projection.ts';

const FACTS: GenerationFacts = {
  generation: 'abcdefghijklmnop',
  streamId: 'stream',
  model: 'granite "4.0"',
  createdMs: 1_790_000_000_999,
  includeUsage: true,
};
const USAGE = { input_tokens: 7, output_tokens: 5, cached_tokens: 2, reasoning_tokens: 1, estimated: false };
const TIMING = { first_token_ms: 5, total_ms: 50 };

const ROUTE: StreamEvent = aRouteEvent({ model: 'granite' });
const CONTENT: readonly StreamEvent[] = [
  { type: 'status', phase: 'failover', message: 'x' },
  { type: 'thinking', text: 'Hm\n' },
  { type: 'text_delta', text: 'Line\r\n"two" 👩‍🚀 \u2028' },
  { type: 'text_delta', text: '' },
  { type: 'tool_start', index: 0, id: 'call_1', tool: 'f', args: '', status: 'executing' },
  { type: 'tool_delta', index: 0, args: '{"a":1}' },
  { type: 'tool_end', index: 0, result: null, duration_ms: 3 },
];

function done(finish_reason: FinishReason): StreamEvent {
  return { type: 'done', finish_reason, usage: USAGE, timing: TIMING };
}

function dataOf(events: readonly StreamEvent[], facts = FACTS): string[] {
  const projector = projectorFor('c', facts);
  return events.flatMap((event) => projector.frames(event).map((frame) => frame.data));
}

function jsonOf(events: readonly StreamEvent[], facts = FACTS): unknown[] {
  return dataOf(events, facts).map((data): unknown => (data === '[DONE]' ? data : JSON.parse(data)));
}

function chunk(delta: object, finish_reason: string | null = null): object {
  return {
    id: 'chatcmpl-abcdefghijklmnop',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'granite "4.0"',
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  };
}

describe('a chat stream', () => {
  const quiet = { ...FACTS, includeUsage: false };

  it('is a role, one chunk per content event, one finish reason, [DONE]', () => {
    expect(jsonOf([ROUTE, ...CONTENT, done('tool_calls')], quiet)).toEqual([
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'Hm\n', reasoning: 'Hm\n' }),
      chunk({ content: 'Line\r\n"two" 👩‍🚀 \u2028' }),
      chunk({ content: '' }),
      chunk({
        tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } }],
      }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] }),
      chunk({}, 'tool_calls'),
      '[DONE]',
    ]);
  });

  it('tells usage in a last chunk without choices when the client asked for it', () => {
    const [, finish, usage, end] = jsonOf([ROUTE, done('stop')]);
    expect(finish).toEqual({ ...chunk({}, 'stop'), usage: null });
    expect(usage).toEqual({
      ...chunk({}),
      choices: [],
      usage: {
        prompt_tokens: 7,
        completion_tokens: 5,
        total_tokens: 12,
        prompt_tokens_details: { cached_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    });
    expect(end).toBe('[DONE]');
  });

  it('calls a stopped answer finished', () => {
    expect(jsonOf([done('stopped')], quiet)[0]).toEqual(chunk({}, 'stop'));
  });

  it('ends a failure with the error and no [DONE]', () => {
    const failed = failureEvent('upstream_failed', true);
    expect(jsonOf([failed])).toEqual([
      { error: { message: failed.message, type: 'upstream_error', param: null, code: 'upstream_failed' } },
    ]);
  });

  it('is one line per frame and has no event names', () => {
    const projector = projectorFor('c', FACTS);
    for (const event of [ROUTE, ...CONTENT, done('stop'), failureEvent('internal', false)]) {
      for (const frame of projector.frames(event)) {
        expect(frame.data).not.toMatch(/[\r\n]/);
        expect(frame).not.toHaveProperty('event');
      }
    }
  });

  it('cannot announce a reset, and says why a follower is dropped', () => {
    const projector = projectorFor('c', FACTS);
    expect(projector.reset(3, 'text')).toBeNull();
    const failure: unknown = JSON.parse(projector.failure('expired', 'Gone.').data);
    expect(failure).toMatchObject({ error: { code: 'expired', message: 'Gone.' } });
  });
});

describe.each(['c', 't'] as const)('frames of format %s', (format) => {
  it.each([true, false])('are counted without being built (usage: %s)', (includeUsage) => {
    const projector = projectorFor(format, { ...FACTS, includeUsage });
    for (const event of [ROUTE, ...CONTENT, done('length'), failureEvent('interrupted', true)]) {
      expect(projector.count(event), event.type).toBe(projector.frames(event).length);
    }
  });
});

describe('a whole completion', () => {
  it('joins the text and the reasoning', () => {
    const events: StreamEvent[] = [
      ROUTE,
      { type: 'thinking', text: 'H' },
      { type: 'thinking', text: 'm' },
      { type: 'text_delta', text: 'Hel' },
      { type: 'text_delta', text: 'lo' },
      done('stopped'),
    ];
    expect(toCompletion(FACTS, events)).toEqual({
      type: 'completion',
      body: {
        id: 'chatcmpl-abcdefghijklmnop',
        object: 'chat.completion',
        created: 1_790_000_000,
        model: 'granite "4.0"',
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: 'Hello',
              refusal: null,
              reasoning_content: 'Hm',
              reasoning: 'Hm',
            },
            logprobs: null,
            finish_reason: 'stop',
          },
        ],
        usage: {
          prompt_tokens: 7,
          completion_tokens: 5,
          total_tokens: 12,
          prompt_tokens_details: { cached_tokens: 2 },
          completion_tokens_details: { reasoning_tokens: 1 },
        },
      },
    });
  });

  it('has no content when the model only called tools', () => {
    const completion = toCompletion(FACTS, [
      ROUTE,
      { type: 'tool_start', index: 0, id: 'call_1', tool: 'f', args: '{', status: 'executing' },
      { type: 'tool_delta', index: 0, args: '"a":' },
      { type: 'tool_delta', index: 0, args: '1}' },
      { type: 'tool_end', index: 0, result: null, duration_ms: 3 },
      done('tool_calls'),
    ]);
    expect(completion).toMatchObject({
      body: {
        choices: [
          {
            message: {
              content: null,
              tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
            },
            finish_reason: 'tool_calls',
          },
        ],
      },
    });
  });

  it('is a failure when the log ended in one, even with half a text', () => {
    const events: StreamEvent[] = [
      ROUTE,
      { type: 'text_delta', text: 'Half' },
      failureEvent('upstream_failed', true),
    ];
    expect(toCompletion(FACTS, events)).toEqual({ type: 'failure', code: 'upstream_failed' });
  });

  it('is not made from a log that has not ended', () => {
    expect(() => toCompletion(FACTS, [ROUTE])).toThrow('terminal');
  });
});
