// Answers that are lost after each of their first tokens and gone on with by models that do as they are asked, and by
// models that do not. The table of docs/design/continuation.md is what comes out here.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartialAnswer } from '../policy/continuation/partial-answer.ts';
import { Seam } from '../policy/continuation/seam.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import { askedIn, faithful, MISBEHAVING_MODELS, restOnly } from './support/continuing-models.ts';
import {
  askFor,
  FINISH,
  joinedBy,
  joinPieces,
  lossesOf,
  MOST_TOKENS,
  outcomesOf,
  outcomeTable,
  saidBefore,
  textOfEvents,
} from './support/joined-answer.ts';
import { SCRIPTED_ANSWERS, tokensOf } from './support/scripted-answers.ts';

const PAGE = readFileSync(new URL('../docs/design/continuation.md', import.meta.url), 'utf8');

function joined(said: string, continuation: string, canPrefill = false) {
  const isJson = /^[{[]/.test(said);
  const { text, rejected } = joinPieces(said, askFor(said, isJson, canPrefill), tokensOf(continuation, 1));
  return rejected ?? said + text;
}

describe('thirty answers, each lost after every one of its first sixty tokens', () => {
  it('are long enough to be', () => {
    expect(SCRIPTED_ANSWERS).toHaveLength(30);
    for (const { text } of SCRIPTED_ANSWERS) expect(tokensOf(text, 7).length).toBeGreaterThan(MOST_TOKENS);
  });

  it.each([true, false])('are whole when the model goes on faithfully (prefill: %s)', (canPrefill) => {
    const all = lossesOf(canPrefill).length;
    expect(outcomesOf(faithful, canPrefill)).toMatchObject({ equal: all });
  });

  it.each([true, false])(
    'are whole in 99 of 100 cases when it repeats nothing (prefill: %s)',
    (canPrefill) => {
      expect(outcomesOf(restOnly, canPrefill).equal).toBeGreaterThanOrEqual(
        0.99 * lossesOf(canPrefill).length,
      );
    },
  );

  it('come out of other models as the documentation says', { timeout: 120_000 }, () => {
    expect(/^\|[\s\S]*\|$/m.exec(PAGE)?.[0]).toBe(outcomeTable());
  });

  it('never end cleanly as an invalid document', () => {
    for (const model of Object.values(MISBEHAVING_MODELS))
      for (const loss of [...lossesOf(true), ...lossesOf(false)]) {
        if (!loss.answer.isJson) continue;
        const { text, rejected } = joinedBy(model, loss, 30);
        if (rejected === null) expect(() => JSON.parse(text)).not.toThrow();
      }
  });

  it('are joined the same way however the continuation is split', () => {
    const models = Object.values(MISBEHAVING_MODELS);
    const losses = [...lossesOf(true), ...lossesOf(false)];
    fc.assert(
      fc.property(
        fc.nat(losses.length - 1),
        fc.nat(models.length - 1),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
        (lossAt, modelAt, sizes) => {
          const [loss, model] = [losses[lossAt], models[modelAt]];
          if (loss === undefined || model === undefined) return;
          const said = saidBefore(loss);
          const asked = askFor(said, loss.answer.isJson, loss.canPrefill);
          const seen = askedIn(
            asked.request.messages.map(({ role, content }) => ({
              role,
              content: content.map((part) => (part.type === 'text' ? part : { type: part.type })),
            })),
          );
          const text = seen === null ? '' : model(seen, loss.answer.text, 25);
          const { heldUnits: _, ...whole } = joinPieces(said, asked, [text]);
          expect(joinPieces(said, asked, splitBy(text, sizes))).toMatchObject(whole);
          expect(joinPieces(said, asked, splitBy(text, [1]))).toMatchObject(whole);
        },
      ),
      { seed: 20261121, numRuns: 400 },
    );
  });

  it('hold back little', () => {
    for (const loss of lossesOf(false)) {
      if (loss.answer.isJson) continue;
      const anchor = askFor(saidBefore(loss), false, false).anchor ?? '';
      // The anchor itself, the step in which it ended, and a piece.
      expect(joinedBy(faithful, loss).heldUnits).toBeLessThanOrEqual(anchor.length * 1.07 + 40);
    }
  });
});

describe('genuine repetition', () => {
  it.each([
    ['laughter', 'He laughed: ha ha ha ', 'ha ha ha!'],
    ['emphasis', 'It was very, very,', ' very, very cold.'],
    [
      'equal rows',
      '| a | b |\n| - | - |\n| Monday | early | 12 |\n',
      '| Monday | early | 12 |\n| Monday | late | 7 |\n',
    ],
    [
      'a row in its middle',
      '| a | b |\n| - | - |\n| Monday | early | 12 |\n| Mon',
      'day | early | 12 |\n| Monday | late | 7 |\n',
    ],
    ['a chorus', 'Never going to give you up,', ' never going to give you up, never going to let you down.'],
    ['a verse', 'Row your boat, row your boat,\n', 'Row your boat, row your boat,\nGently down.\n'],
    ['a closing bracket', 'if (a) {\n  if (b) {\n    go();\n  }\n', '}\n'],
  ])('is kept: %s', (_, said, rest) => {
    expect(joined(said, rest, true)).toBe(said + rest);
    const { anchor } = askFor(said, false, false);
    expect(joined(said, `${anchor}${rest}`, false)).toBe(said + rest);
  });
});

describe('a model that repeats', () => {
  it.each([
    [
      'a word that was cut',
      'And so the contin',
      'continuation was found.',
      'And so the continuation was found.',
    ],
    ['the last words', 'The cat sat on the old', 'sat on the old mat.', 'The cat sat on the old mat.'],
    [
      'with other white space',
      'One two\nthree four five six seven',
      'two three four  five six seven eight.',
      'One two\nthree four five six seven eight.',
    ],
    [
      'behind thoughts',
      'The cat sat on the old',
      '<think>The user wants…</think>\n\nThe cat sat on the old mat.',
      'The cat sat on the old mat.',
    ],
    [
      'in a block that it opens again',
      'Code:\n```js\nlet a = 1;\nlet b',
      '```js\nlet a = 1;\nlet b = 2;\n```',
      'Code:\n```js\nlet a = 1;\nlet b = 2;\n```',
    ],
    ['half of an emoji', 'Well done \ud83d', 'Well done 🔥!', 'Well done 🔥!'],
  ])('is joined: %s', (_, said, continuation, whole) => {
    expect(joined(said, continuation)).toBe(whole);
  });

  it('and then goes another way is rejected', () => {
    expect(
      joined('A long answer about the tides and the Moon', 'about the tides and the Sun, in fact.'),
    ).toBe('diverged');
  });

  it('closes a code block that is open', () => {
    expect(joined('```js\nlet a = 1;\n', '```\nThat is all.', true)).toBe(
      '```js\nlet a = 1;\n```\nThat is all.',
    );
  });
});

describe('an introduction', () => {
  it.each([
    'Sure, continuing:',
    "Certainly! Here's the rest of the answer:",
    "I'll continue from where I left off.",
    'Sure!\n\nPicking up where the text stopped:',
    'Continuing:',
  ])('is taken off although nothing is repeated behind it: %j', (introduction) => {
    expect(joined('One. Two.', `${introduction}\n\nThree. Four.`, true)).toBe('One. Two.Three. Four.');
  });

  it.each([
    'I continued on my way.\nThe rest is known.',
    'Here he stopped.\nNobody came.',
    'Continue with the next step:\n\n1. Stir.',
    'Here is the list:\n- one',
    'Sure, he said.\nAnd off he went.',
    'the rest of it, as said:\nnothing.',
  ])('is no text of the answer: %j', (rest) => {
    expect(joined('One. Two.\n\n', rest, true)).toBe(`One. Two.\n\n${rest}`);
    expect(joined('One. Two.\n\n', rest, false)).toBe(`One. Two.\n\n${rest}`);
  });
});

describe('a model that does not go on', () => {
  it.each([
    ["I'm sorry, but I can't help with that.", 'refused'],
    ['Es tut mir leid, aber dabei kann ich nicht helfen.', 'refused'],
    ['There is nothing more to add.', 'refused'],
    ['', 'empty'],
    [' \n', 'empty'],
  ])('is rejected: %j', (continuation, fault) => {
    expect(joined('The cat sat on the old', continuation)).toBe(fault);
  });

  it('is believed when the answer looks complete', () => {
    expect(joined('The cat sat on the old mat. It slept.', '')).toBe('The cat sat on the old mat. It slept.');
    expect(joined('Done:\n```js\nlet a = 1;\n', '')).toBe('empty');
    expect(joined('Three things are needed:', '')).toBe('empty');
    expect(joined('- bread\n- butter', '- bread\n- butter')).toBe('- bread\n- butter');
  });
});

describe('half of a JSON document', () => {
  it.each([
    ['goes on', '{"a": "one t', 'wo", "b": 2}'],
    ['is begun again', '{"a": "one t', '{"a":"one two", "b": 2}'],
    ['is fenced', '{"a": "one t', '```json\n{"a": "one two", "b": 2}\n```'],
    ['is introduced', '{"a": "one t', 'Here is the rest:\n\nwo", "b": 2}'],
  ])('is completed when it %s', (_, said, continuation) => {
    const whole = joined(said, continuation);
    expect(JSON.parse(whole)).toEqual({ a: 'one two', b: 2 });
  });

  it('is never ended as something else', () => {
    expect(joined('{"a": "one t', 'wo", "b": 2} I hope this helps!')).toBe('invalid_json');
    expect(joined('{"a": "one t', '')).toBe('invalid_json');
    expect(joined('{"a": "one two"}', '')).toBe('{"a": "one two"}');
  });

  it('may be cut by a limit, which the end says', () => {
    const said = '{"a": "one t';
    const seam = new Seam(new PartialAnswer([{ type: 'text_delta', text: said }]), askFor(said, true, true));
    const cut: DecodedEvent = { type: 'finish', reason: 'length', usage: null };
    expect(seam.take([{ type: 'text_delta', text: 'wo", "b' }, cut])).toEqual({
      emit: [{ type: 'text_delta', text: 'wo", "b' }, cut],
      rejected: null,
    });
  });
});

describe('what else a continuation sends', () => {
  const said = 'The cat sat on the old';
  const seamAfter = () =>
    new Seam(new PartialAnswer([{ type: 'text_delta', text: said }]), askFor(said, false, true));

  it('its thoughts are left out, its end passes with its usage', () => {
    const usage = {
      input_tokens: 9,
      output_tokens: 2,
      cached_tokens: 0,
      reasoning_tokens: 0,
      estimated: false,
    };
    const finish: DecodedEvent = { type: 'finish', reason: 'stop', usage };
    const thoughts: DecodedEvent = { type: 'thinking', text: 'Hm' };
    expect(seamAfter().take([thoughts, { type: 'text_delta', text: ' mat.' }, finish])).toEqual({
      emit: [{ type: 'text_delta', text: ' mat.' }, finish],
      rejected: null,
    });
  });

  it('a tool call comes after the text that was held', () => {
    const call: DecodedEvent = {
      type: 'tool_start',
      index: 0,
      id: 'a',
      tool: 'find',
      args: '{}',
      status: 'executing',
    };
    expect(seamAfter().take([{ type: 'text_delta', text: ' mat.' }, call]).emit).toEqual([
      { type: 'text_delta', text: ' mat.' },
      call,
    ]);
  });

  it('nothing that is undecided is shown when it is lost too', () => {
    const failure: DecodedEvent = { type: 'failure', code: 'upstream_failed' };
    expect(seamAfter().take([{ type: 'text_delta', text: ' mat' }, failure])).toEqual({
      emit: [failure],
      rejected: null,
    });
  });

  it('no half of a character is sent', () => {
    const seam = seamAfter();
    const texts = [...' mat, which is hot 🔥🔥!'.matchAll(/[^]/g)].map(([unit]) => unit);
    const emitted = texts.flatMap((text) => seam.take([{ type: 'text_delta', text }]).emit);
    expect(textOfEvents(emitted)).toBe(' mat, which is hot 🔥🔥!');
    expect(emitted.every((event) => textOfEvents([event]).isWellFormed())).toBe(true);
  });

  it('more text at once is judged as if it had come in pieces', () => {
    const rest = " mat, it is said. I can't help with that. Such is life.";
    const asked = askFor(said, false, true);
    expect(joinPieces(said, asked, [rest.trim()])).toMatchObject({ rejected: null, text: rest.trim() });
    expect(joinPieces('One.\n\n', askFor('One.\n\n', false, true), [`Two, he said. ${rest}`]).rejected).toBe(
      null,
    );
  });

  it('an end at a limit passes, even before a word', () => {
    const cut: DecodedEvent = { type: 'finish', reason: 'length', usage: null };
    expect(seamAfter().take([cut])).toEqual({ emit: [cut], rejected: null });
  });

  it('nothing comes after a fault', () => {
    const seam = seamAfter();
    expect(seam.take([FINISH])).toEqual({ emit: [], rejected: 'empty' });
    expect(seam.take([{ type: 'text_delta', text: ' mat.' }, FINISH])).toEqual({
      emit: [],
      rejected: 'empty',
    });
  });
});

/** Pieces of these sizes, over and over; a pair of surrogates may be torn. */
function splitBy(text: string, sizes: readonly number[]): readonly string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length; from += pieces.at(-1)?.length ?? 1)
    pieces.push(text.slice(from, from + (sizes[pieces.length % sizes.length] ?? 1)));
  return pieces;
}
