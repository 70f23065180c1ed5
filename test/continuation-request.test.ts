import { describe, expect, it } from 'vitest';
import { continuationOf } from '../policy/continuation/continuation-request.ts';
import { PartialAnswer } from '../policy/continuation/partial-answer.ts';
import type { ChatRequest } from '../protocol/chat-request.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import { QUESTION } from './support/joined-answer.ts';

const SAID = 'The tides are caused by the pull of the Moon and, to a smaller degr';

function continued(said: string, canPrefill: boolean, request: ChatRequest = QUESTION, producedTokens = 0) {
  const partial = new PartialAnswer([{ type: 'text_delta', text: said }]);
  return continuationOf({ request, partial, canPrefill, producedTokens });
}

function anchorAfter(said: string): string | null {
  const asked = continued(said, false);
  return asked.type === 'ask' ? asked.anchor : null;
}

describe('what was sent of a lost answer', () => {
  it('is put together from events as they went out', () => {
    const partial = new PartialAnswer([
      { type: 'thinking', text: 'hm' },
      { type: 'text_delta', text: 'Let me ' },
      { type: 'text_delta', text: 'look.' },
      { type: 'tool_start', index: 0, id: 'a', tool: 'find', args: '', status: 'executing' },
      { type: 'tool_delta', index: 0, args: '{"q":' },
      { type: 'tool_delta', index: 0, args: '1}' },
      { type: 'tool_end', index: 0, result: null, duration_ms: 3 },
    ]);
    partial.note([{ type: 'tool_start', index: 1, id: 'b', tool: 'open', args: '{', status: 'executing' }]);
    expect(partial.text).toBe('Let me look.');
    expect(partial.toolCalls).toEqual([
      { index: 0, id: 'a', name: 'find', args: '{"q":1}', ended: true },
      { index: 1, id: 'b', name: 'open', args: '{', ended: false },
    ]);
    expect([partial.hasThinking, partial.hasThinkingPart, partial.isEmpty]).toEqual([true, false, false]);
  });

  it('is nothing while only the route is known', () => {
    expect(new PartialAnswer([{ type: 'status', phase: 'failover', message: 'm' }]).isEmpty).toBe(true);
  });
});

describe('the request for the rest', () => {
  it('is a prefill where the model goes on from its last character', () => {
    const asked = continued(`${SAID}ee \n`, true);
    expect(asked).toMatchObject({ type: 'ask', kind: 'prefill', anchor: null, request: { continues: true } });
    expect(asked.type === 'ask' && asked.request.messages.slice(1)).toEqual([
      { role: 'assistant', content: [{ type: 'text', text: `${SAID}ee` }], toolCalls: [] },
    ]);
  });

  it('is an instruction to repeat the last words where it does not', () => {
    const asked = continued(SAID, false);
    const last = asked.type === 'ask' ? asked.request.messages.at(-1) : undefined;
    expect(asked).toMatchObject({ kind: 'anchor', anchor: 'Moon and, to a smaller degr' });
    expect(last).toMatchObject({
      role: 'user',
      content: [{ text: expect.stringMatching(/<last>Moon and, to a smaller degr<\/last>$/) }],
    });
  });

  it('leaves what was written out of the limit, and the repeated words in', () => {
    const limited = { ...QUESTION, maxOutputTokens: 500 };
    expect(continued(SAID, true, limited, 200)).toMatchObject({ request: { maxOutputTokens: 300 } });
    expect(continued(SAID, false, limited, 200)).toMatchObject({ request: { maxOutputTokens: 308 } });
    expect(continued(SAID, true, limited, 600)).toMatchObject({ request: { maxOutputTokens: 16 } });
  });

  it('asks for no whole document when half of one is there', () => {
    const format = { type: 'json_object' };
    const asked = continued('{"a": 1, ', true, { ...QUESTION, responseFormat: format });
    expect(asked).toMatchObject({ document: format });
    expect(asked.type === 'ask' && asked.request).not.toHaveProperty('responseFormat');
    expect(continued('[{"a": 1}, ', false)).toMatchObject({ document: {} });
    expect(continued('[A link](https://example.org) says', false)).toMatchObject({ document: null });
  });

  it.each<[string, readonly DecodedEvent[]]>([
    ['nothing was sent', []],
    ['only thoughts were sent', [{ type: 'thinking', text: 'Let me think' }]],
    ['only white space was sent', [{ type: 'text_delta', text: '\n\n' }]],
    [
      'a tool call was sent',
      [
        { type: 'text_delta', text: 'Let me look.' },
        { type: 'tool_start', index: 0, id: 'a', tool: 'find', args: '', status: 'executing' },
      ],
    ],
  ])('is the same request again when %s', (_, events) => {
    const partial = new PartialAnswer(events);
    expect(continuationOf({ request: QUESTION, partial, canPrefill: true, producedTokens: 9 })).toEqual({
      type: 'ask',
      request: QUESTION,
      kind: 'again',
      anchor: null,
      document: null,
    });
  });

  it('is impossible for a text that no model takes back', () => {
    expect(continued('long '.repeat(300_000), true)).toEqual({ type: 'impossible', why: 'too_long' });
  });
});

describe('the words to repeat', () => {
  it.each([
    ['all of a short answer', 'Hello, wor', 'Hello, wor'],
    ['whole words', 'One two three four five six seven eight nine', 'five six seven eight nine'],
    [
      'characters where there are no spaces',
      `${'长城并不是一道连续的墙'.repeat(2)}而是许多朝代修建的城墙`,
      '城并不是一道连续的墙而是许多朝代修建的城墙',
    ],
  ])('are %s', (_, said, anchor) => {
    expect(anchorAfter(said)?.endsWith(anchor)).toBe(true);
    expect(said.endsWith(anchorAfter(said) ?? '?')).toBe(true);
  });

  it('grow until they stand nowhere else', () => {
    const said = `| head |\n${'| Monday | early | 12 |\n'.repeat(5)}`;
    expect(anchorAfter(said)).toContain('| Monday | early | 12 |\n'.repeat(3));
    const laughter = `Then it came: ${'ha '.repeat(40)}`;
    expect(anchorAfter(laughter)).toBe('ha '.repeat(40).trimEnd());
  });

  it('stay bounded in a loop', () => {
    expect(anchorAfter('ha '.repeat(5_000))?.length).toBeLessThan(700);
  });

  it('never begin inside of a character', () => {
    for (let cut = 0; cut < 12; cut += 1) {
      const said = `${'👩🏽‍🚀'.repeat(9)}${'x'.repeat(cut)}`;
      expect(anchorAfter(said)).toMatch(/^👩🏽‍🚀/u);
    }
  });
});
