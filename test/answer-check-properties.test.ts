// Whatever a model writes, and however it is cut into events: the check never throws, comes to the same verdict, and does a
// bounded amount of work.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agrees } from '../policy/answer-check/agreement.ts';
import type { CheckedQuestion, Draft } from '../policy/answer-check/draft.ts';
import { draftOf, questionOf } from '../policy/answer-check/draft.ts';
import { checkDraft } from '../policy/answer-check/full-check.ts';
import { LANGUAGE_WORDS } from '../policy/answer-check/language-words.ts';
import { PrefixCheck } from '../policy/answer-check/prefix-check.ts';
import type { DraftVerdict } from '../protocol/answer-check.ts';
import type { ChatRequest } from '../protocol/chat-request.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import { scannedUnits } from './support/scanned-units.ts';

const SEED = 20261121;

const QUESTION: CheckedQuestion = {
  userText: 'What is the sum of 3 and 4, and how do you know?',
  tools: [],
  maxOutputTokens: null,
};

/** What is read of a draft, at most. */
const MOST_UNITS = 256 * 1024;

/** Two questions, two drafts each, and the beginning: each text is gone through some twenty times. */
const TIMES = 50;

/** Lets repetition and refusals pass, so that what comes after them is reached. */
const PERMISSIVE: CheckedQuestion = { ...QUESTION, userText: 'Translate this and repeat it 100 times.' };

const piece = fc.oneof(
  fc.constantFrom(
    "I'm sorry, ",
    "but I can't help",
    ' but smile.',
    "I'm not sure ",
    'The answer is ',
    '<think>',
    '</think>',
    '```',
    '\n',
    '. ',
    '"',
    '**',
    '{"answer": "',
    '\\boxed{',
    '####',
    '1.200,50',
    '3/0',
    '٤٢',
    '四十二',
    '你好，我无法提供。',
    'das ist nicht ein und der ',
    '\ud83d\ude00',
    '\ud800',
    'go on and on ',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.integer().map(String),
);

const text = fc
  .array(fc.tuple(piece, fc.integer({ min: 1, max: 60 })), { maxLength: 14 })
  .map((pieces) => pieces.map(([part, times]) => part.repeat(times)).join(''));

/** Where the text is cut into events, in UTF-16 units: between the halves of a character too. */
const cuts = fc.array(fc.nat(2_600), { maxLength: 30 });

describe('the check of a beginning', () => {
  it('comes to the same verdict however the text is cut into events', () => {
    fc.assert(
      fc.property(text, cuts, fc.boolean(), (whole, at, hasEnded) => {
        const end: readonly DecodedEvent[] = hasEnded
          ? [{ type: 'finish', reason: 'stop', usage: null }]
          : [];
        const inOne = judged([[delta(whole), ...end]]);
        expect(judged([...split(whole, at).map((part) => [delta(part)]), end])).toEqual(inOne);
        expect(judged([[...split(whole, at).map(delta), ...end]])).toEqual(inOne);
      }),
      { numRuns: 400, seed: SEED },
    );
  });

  it('never takes back that a draft is bad', () => {
    fc.assert(
      fc.property(text, cuts, text, (first, at, more) => {
        const check = new PrefixCheck(QUESTION);
        let verdict: DraftVerdict | 'undecided' = 'undecided';
        for (const part of split(first + more, at)) {
          const next = check.take([delta(part)]);
          if (verdict !== 'undecided') expect(next).toEqual(verdict);
          verdict = next;
        }
        if (verdict !== 'undecided') expect(check.decide()).toEqual(verdict);
      }),
      { numRuns: 400, seed: SEED },
    );
  });

  it('reads no more than the first two thousand units', () => {
    const beginning = Array.from({ length: 300 }, (_, at) => `Number ${at * at}.`)
      .join(' ')
      .slice(0, 2_000);
    expect(judged([[delta(beginning + ' und der die nicht ist ein'.repeat(40_000))]])).toEqual({
      type: 'good',
    });
  });

  it('knows a refusal before the sentence is over, and not before the words are', () => {
    const check = new PrefixCheck(QUESTION);
    expect(check.take([delta("I'm sorry, but I can't help")])).toBe('undecided');
    expect(check.take([delta(' you with that, because it is')])).toEqual({ type: 'bad', fault: 'refusal' });
    const smile = new PrefixCheck(QUESTION);
    for (const word of [
      'Well',
      ',',
      ' as I',
      ' read',
      ' your',
      ' poem',
      ', I',
      " can't",
      ' help',
      ' but',
      ' smile',
      '.',
    ]) {
      expect(smile.take([delta(word)])).toBe('undecided');
    }
    expect(smile.decide()).toEqual({ type: 'good' });
  });

  it('does not take the last word of an unfinished draft for a whole one', () => {
    expect(judged([[delta("Well, I can't help")]])).toEqual({ type: 'good' });
    expect(judged([[delta("Well, I can't help"), { type: 'finish', reason: 'stop', usage: null }]])).toEqual({
      type: 'bad',
      fault: 'refusal',
    });
  });

  it('tells a failure, an empty answer and a filtered one', () => {
    expect(judged([[{ type: 'failure', code: 'upstream_failed' }]])).toEqual({
      type: 'bad',
      fault: 'upstream_failed',
    });
    expect(judged([[{ type: 'finish', reason: 'stop', usage: null }]])).toEqual({
      type: 'bad',
      fault: 'empty',
    });
    expect(judged([[delta('Well'), { type: 'finish', reason: 'content_filter', usage: null }]])).toEqual({
      type: 'bad',
      fault: 'refusal',
    });
    expect(
      judged([
        [
          { type: 'tool_start', index: 0, id: 'c', tool: 't', args: '{}', status: 'executing' },
          { type: 'finish', reason: 'tool_calls', usage: null },
        ],
      ]),
    ).toEqual({ type: 'good' });
  });
});

describe('the check of a whole draft', () => {
  it('never throws, and agreement is mutual', () => {
    fc.assert(
      fc.property(text, text, text, fc.boolean(), (ask, own, other, isJson) => {
        const question: CheckedQuestion = {
          ...QUESTION,
          userText: ask,
          ...(isJson ? { responseFormat: { type: 'json_object' } } : {}),
        };
        checkDraft(question, complete(own), complete(other));
        expect(agrees(question, complete(own), complete(other))).toBe(
          agrees(question, complete(other), complete(own)),
        );
      }),
      { numRuns: 400, seed: SEED },
    );
  });

  it('never throws on a schema of any shape', () => {
    const keyword = fc.constantFrom(
      'type',
      'properties',
      'items',
      'enum',
      'anyOf',
      'oneOf',
      'allOf',
      '$ref',
      'required',
      'const',
      'minLength',
      '$defs',
      'additionalProperties',
    );
    const node = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, false, 0, 1, 'string', '#', '#/$defs/a', '#/a/../b', 'object'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(keyword, fc.constantFrom('a', '__proto__', 'constructor')), tie('value'), {
          maxKeys: 4,
        }),
      ),
    })).value;
    fc.assert(
      fc.property(node, node, (schema, value) => {
        const responseFormat = JSON.parse(
          JSON.stringify({ type: 'json_schema', json_schema: { name: 'x', schema } }),
        ) as CheckedQuestion['responseFormat'] & object;
        checkDraft({ ...QUESTION, responseFormat }, complete(JSON.stringify(value)), null);
      }),
      { numRuns: 400, seed: SEED },
    );
  });

  it('ends on schemas that refer to themselves, whatever they combine', () => {
    const loop = { $ref: '#' };
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    for (const schema of [
      loop,
      { anyOf: [loop, loop, loop] },
      { items: loop, oneOf: [loop, loop, loop, loop] },
    ]) {
      const responseFormat = { type: 'json_schema', json_schema: { name: 'x', schema } };
      expect(['good', 'bad']).toContain(
        checkDraft({ ...QUESTION, responseFormat }, complete(deep), null).type,
      );
    }
  });

  /** Each makes some naive pattern or loop slow. */
  const HOSTILE: readonly (readonly [name: string, unit: string])[] = [
    ['one letter', 'a'],
    ['blanks', ' '],
    ['new lines', '\n'],
    ['open brackets', '('],
    ['nested arrays', '['],
    ['open braces', '\\boxed{'],
    ['quotes', '"'],
    ['backslashes', '\\'],
    ['cues', 'answer '],
    ['cues with a colon', 'answer: '],
    ['digits', '1'],
    ['grouped digits', '1,000 '],
    ['fractions', '1/2/'],
    ['full stops', '. '],
    ['closing marks', '.)'],
    ['fences', '```\n'],
    ['fences in a row', '```'],
    ['table cells', '| a '],
    ['thoughts', '<think></think>'],
    ['commas', "i can't, "],
    ['half refusals', 'i am not able to '],
    ['Chinese', '我无法'],
    ['lone surrogates', '\ud800'],
    ['marks of other digits', '٤٫'],
  ];

  it.each(HOSTILE)(
    'goes through a draft a fixed number of times, and through 256 KB at most: %s',
    (_name, unit) => {
      const eighth = unit.repeat(Math.ceil(MOST_UNITS / 8 / unit.length));
      expect(unitsFor(eighth)).toBeLessThan(TIMES * eighth.length);
      const most = unitsFor(eighth.repeat(8));
      expect(most).toBeLessThan(TIMES * 8 * eighth.length);
      // Looks for the end of the thoughts and cuts are the only work on the rest.
      expect(unitsFor(eighth.repeat(32))).toBeLessThan(1.01 * most + 8 * 32 * eighth.length);
    },
  );
});

describe('a draft and a question', () => {
  it('are put together from events and from the request', () => {
    const events: readonly DecodedEvent[] = [
      { type: 'thinking', text: 'Hm. ' },
      delta('a'),
      delta('b'),
      { type: 'tool_start', index: 0, id: 'c', tool: 'look', args: '{"a"', status: 'executing' },
      { type: 'tool_delta', index: 0, args: ':1}' },
      { type: 'tool_end', index: 0, result: null, duration_ms: 1 },
      { type: 'finish', reason: 'tool_calls', usage: null },
    ];
    expect(draftOf(events)).toEqual({
      text: 'ab',
      thinking: 'Hm. ',
      toolCalls: [{ name: 'look', args: '{"a":1}' }],
      finishReason: 'tool_calls',
      usage: null,
      logprobs: null,
    });
    const request: ChatRequest = {
      model: 'auto',
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        { role: 'assistant', content: [{ type: 'text', text: 'Hello!' }], toolCalls: [] },
        { role: 'user', content: [{ type: 'text', text: 'Go on' }] },
      ],
      stream: true,
      includeUsage: false,
      maxOutputTokens: 7,
      tools: [],
      toolChoice: 'auto',
      parameters: { stop: ['END'] },
    };
    expect(questionOf(request)).toEqual({
      userText: 'Go on',
      contextText: 'Be brief.\nHi',
      tools: [],
      toolChoice: 'auto',
      maxOutputTokens: 7,
      hasStops: true,
    });
  });

  it('keeps of a long question its two ends', () => {
    const content = [{ type: 'text', text: `head ${'x'.repeat(100_000)} tail` }] as const;
    const { userText } = questionOf({
      model: 'auto',
      messages: [{ role: 'user', content }],
      stream: true,
      includeUsage: false,
      maxOutputTokens: null,
      tools: [],
      parameters: {},
    });
    expect(userText.length).toBeLessThan(4_000);
    expect(userText).toMatch(/^head x+\nx+ tail$/);
  });
});

describe('the words that tell languages apart', () => {
  it('stand for one language each', () => {
    const words = Object.values(LANGUAGE_WORDS).flatMap((row) => row.split(' '));
    expect(words).toEqual([...new Set(words)]);
  });
});

function unitsFor(draftText: string): number {
  return scannedUnits(() => {
    for (const question of [QUESTION, PERMISSIVE]) {
      checkDraft(question, complete(draftText), complete(draftText));
      const check = new PrefixCheck(question);
      check.take([delta(draftText)]);
      check.decide();
    }
  });
}

function judged(batches: readonly (readonly DecodedEvent[])[]): DraftVerdict {
  const check = new PrefixCheck(QUESTION);
  for (const batch of batches) check.take(batch);
  return check.decide();
}

function split(whole: string, at: readonly number[]): readonly string[] {
  const places = [0, ...at.filter((place) => place < whole.length), whole.length].toSorted(
    (left, right) => left - right,
  );
  return places.slice(1).map((place, index) => whole.slice(places[index], place));
}

function delta(part: string): DecodedEvent {
  return { type: 'text_delta', text: part };
}

function complete(whole: string): Draft {
  return { text: whole, toolCalls: [], finishReason: 'stop' };
}
