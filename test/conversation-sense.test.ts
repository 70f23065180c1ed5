// The promise: asking the same again and complaining are recognised in many languages and not seen where they are not;
// a provider's own state is found, kept in its loop and taken out on a switch; the memory of routes is bounded.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChatRequest } from '../dialects/chat/parse-request.ts';
import { boundStateOf } from '../policy/conversation/bound-state.ts';
import { isComplaint as isComplaintOf } from '../policy/conversation/complaint.ts';
import { conversationMarks } from '../policy/conversation/conversation-marks.ts';
import { isSameRequest as isSameOf } from '../policy/conversation/same-request.ts';
import { senseConversation } from '../policy/conversation/sense-conversation.ts';
import { turnHashOf } from '../policy/conversation/turn-hash.ts';
import { turnWords } from '../policy/conversation/turn-words.ts';
import { RouteMemory } from '../policy/route-memory.ts';
import type { RememberedRoute } from '../policy/route/route-question.ts';
import type { ChatMessage, OpaquePart } from '../protocol/chat-request.ts';
import { answers, returns, says } from './support/route-question.ts';

const isSameRequest = (earlier: string, later: string) => isSameOf(turnWords(earlier), turnWords(later));
const isComplaint = (text: string) => isComplaintOf(text, () => turnWords(text));

describe('the same request again', () => {
  it.each([
    ['What is the boiling point of mercury?', 'what is the boiling point of mercury'],
    ['What is the boiling point of mercury?', 'What is the boiling point of mercury, please?'],
    ['explain how tides work on earth', 'EXPLAIN how tides work on Earth!!!'],
    ['Wie hoch ist der höchste Berg der Schweiz?', 'wie hoch ist nochmal der höchste Berg der Schweiz'],
    [
      'Next question: how many moons does Saturn have, and which is the largest?',
      'Next question: how many moons does Saturn have, and which is the largest?',
    ],
    ['日本で一番長い川は何ですか？', '日本で一番長い川は何ですか'],
    ['请把这句话翻译成英文：今天天气很好', '请把这句话翻译成英文：今天天气很好'],
    ['ما هي أطول بناية في العالم؟', 'ما هي أطول بناية في العالم'],
    ['कृपया मुझे इस कविता का अर्थ बताइए', 'कृपया मुझे इस कविता का अर्थ बताइए!'],
    [`fix this: ${'const a = b + c; '.repeat(500)}`, `fix this: ${'const a = b + c; '.repeat(500)}`],
  ])('"%.40s" is what "%.40s" asks', (earlier, later) => {
    expect(isSameRequest(earlier, later)).toBe(true);
  });

  it.each([
    ['What is the capital of France?', 'What is the capital of Spain?'],
    [
      'Translate to French: the dog sleeps on the sofa tonight',
      'Translate to French: the cat sleeps on the sofa tonight',
    ],
    ['What is 17 times 23, step by step?', 'What is 17 times 24, step by step?'],
    ['yes please', 'yes please'],
    ['please continue the story', 'please continue the story'],
    ['请继续写下去吧', '请告诉我为什么'],
    ['ok', 'ok'],
    [
      'Tell me about the moon',
      'Tell me about the moon and then compare it with the moons of Jupiter and Saturn in a table',
    ],
    ['日本で一番長い川は何ですか？', '日本で一番高い山は何ですか？'],
    ['', ''],
  ])('"%.40s" is not what "%.60s" asks', (earlier, later) => {
    expect(isSameRequest(earlier, later)).toBe(false);
  });

  it('any text of enough words is the same as itself', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{3,9}$/), { minLength: 9, maxLength: 40 });
    fc.assert(
      fc.property(words, (list) => isSameRequest(list.join(' '), `${list.join('  ')}!`)),
      { seed: 1 },
    );
  });

  it('is seen only when an answer stands between', () => {
    const question = 'how many moons does mars have';
    const turn = (...between: readonly ChatMessage[]) =>
      senseConversation(
        [says('user', question), ...between, says('user', question)],
        (text) => text,
      ).turns.at(-1);
    expect([
      turn()?.isRepeat,
      turn(answers('', 'c'), returns('c'))?.isRepeat,
      turn(answers('three'))?.isRepeat,
    ]).toEqual([false, false, true]);
  });
});

describe('complaints', () => {
  it.each([
    "That's wrong.",
    'No, that is not what I asked for',
    'hmm, still not working',
    'It doesn’t work',
    'try again please',
    'Das stimmt leider nicht',
    'that is still completely wrong',
    'ça ne marche toujours pas',
    'No funciona, inténtalo otra vez',
    'isso está errado',
    'non funziona ancora',
    'dat is fout',
    'nadal nie działa',
    'Всё равно не работает',
    'це неправильно',
    'hâlâ çalışmıyor',
    'لا يعمل حتى الآن',
    'यह सही नहीं है',
    '还是不行',
    'まだ動かないです',
    '여전히 안 돼요',
    'masih salah',
    'vẫn sai rồi',
    'det är fel',
  ])('%s', (text) => {
    expect(isComplaint(text)).toBe(true);
  });

  it.each([
    'What is wrong with this sentence?',
    'How do I say "that is wrong" in French?',
    'Translate: that is wrong',
    'Is it wrong to eat dessert first?',
    'Write a story in which a clock does not work and the whole town is late for everything that day',
    'Why do some people think the moon landing was fake?',
    'thanks, that works',
    'ok weiter',
    'das ist richtig, danke',
    'that is not wrong',
    'das ist nicht falsch',
    '对，继续',
    '',
  ])('no complaint: %s', (text) => {
    expect(isComplaint(text)).toBe(false);
  });

  it('the first turn of a conversation complains about no answer', () => {
    const { turns } = senseConversation([says('user', 'it does not work')], (text) => text);
    expect(turns.map((turn) => turn.isComplaint)).toEqual([false]);
  });
});

describe('state that only its provider can read', () => {
  const THINKING: OpaquePart = { type: 'opaque', raw: { type: 'thinking', thinking: 'hm', signature: 'AA' } };
  const thought: ChatMessage = { role: 'assistant', content: [THINKING], toolCalls: [] };

  it('is looked for after the person’s last words', () => {
    const states = [[], [answers('hi')], [answers('', 'c')], [returns('c')], [thought, returns('c')]];
    expect(states.map(boundStateOf)).toEqual(['none', 'none', 'tool_calls', 'tool_calls', 'thinking']);
  });

  it('of the fields that carry thinking only the details get past the chat dialect', () => {
    const details = { type: 'reasoning.encrypted', data: 'AAAA' };
    const assistant = {
      role: 'assistant',
      content: '4',
      reasoning_content: 'two and two',
      reasoning_details: [details],
      thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'AA' }],
      provider_specific_fields: { thought_signature: 'AA' },
    };
    const messages = [{ role: 'user', content: 'q' }, assistant, { role: 'user', content: 'more' }];
    const parsed = parseChatRequest({ model: 'auto', messages }, { maxMessages: 10 });
    expect(parsed.ok && parsed.value.messages[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'opaque', raw: details },
        { type: 'text', text: '4' },
      ],
      toolCalls: [],
    });
  });
});

describe('what a conversation is recognised by', () => {
  const ID = 'call_0123456789ab';

  it('the first and the last tool call of its history', () => {
    const history = [
      says('user', 'q'),
      answers('', `${ID}1`, `${ID}2`),
      returns(`${ID}1`),
      answers('', `${ID}3`),
      answers('', `${ID}4`, `${ID}5`),
    ];
    expect([
      conversationMarks(history),
      conversationMarks(history.slice(0, 2)),
      conversationMarks([]),
    ]).toEqual([[`${ID}1`, `${ID}5`], [`${ID}1`, `${ID}2`], []]);
  });

  it('ids that small servers count are the same everywhere, and mark nothing', () => {
    expect(conversationMarks([answers('', 'call_0')])).toEqual([]);
  });

  it('turns with different words have different hashes', () => {
    const texts = ['', 'a', 'b', 'ab', 'ba', 'a b'];
    expect(new Set(texts.map(turnHashOf)).size).toBe(texts.length);
  });
});

describe('the memory of routes', () => {
  const route = (atMs: number): RememberedRoute => ({
    tier: 'edge',
    model: 'm',
    atMs,
    turns: 1,
    turnHash: 1,
  });

  it('gives the newest of what is known under any key, for a day', () => {
    const memory = new RouteMemory();
    memory.remember(['name'], route(1));
    memory.remember(['call'], route(2));
    const day = 24 * 60 * 60 * 1000;
    expect([
      memory.recall(['name', 'call'], 3),
      memory.recall(['name'], 3),
      memory.recall(['other'], 3),
      memory.recall(['name'], 1 + day),
      memory.recall(['name'], 2 + day),
    ]).toEqual([route(2), route(1), null, route(1), null]);
  });

  it('forgets the least recently used first, and holds ten thousand', () => {
    const memory = new RouteMemory();
    for (let at = 0; at < 10_000; at += 1) memory.remember([`c${at}`], route(at));
    memory.recall(['c0'], 10_000);
    memory.remember(['one more'], route(10_000));
    const known = Array.from({ length: 10_000 }, (_, at) => memory.recall([`c${at}`], 10_000) !== null);
    expect([known[0], known[1], known.filter(Boolean).length]).toEqual([true, false, 9_999]);
  });
});
