// Stage directions reach the stand-ins, hold for whom they name, and change nothing where there are none.

import { describe, expect, it } from 'vitest';
import { chatLines } from '../worker/local/chat-lines.ts';
import { directedPace, directionsFor, UNDIRECTED, type Speaker } from '../worker/local/directions.ts';
import { pacedStream } from '../worker/local/paced-stream.ts';
import { scriptedAnswer } from '../worker/local/scripted-answer.ts';
import { readQuestion, type ScriptedQuestion } from '../worker/local/scripted-question.ts';

const EDGE: Speaker = { tier: 'edge', model: '@cf/ibm-granite/granite-4.0-h-micro' };
const CLOUD: Speaker = { tier: 'cloud', model: 'gpt-5-mini' };

function asked(text: string): ScriptedQuestion {
  const question = readQuestion({ messages: [{ role: 'user', content: text }] });
  if (question === null) throw new Error('not a question');
  return question;
}

const HELLO = asked('Hello');

describe('directions', () => {
  it.each([
    ['no stop sequence', undefined],
    ['stop sequences of a real client', ['\n\n', 'END']],
    ['unknown and broken ones', 'standin:colour=blue,fail=often,first_token_ms=soon,=,tokens'],
    ['those for others', 'standin:first_token_ms=9:cloud,fail=500:gpt-5-mini'],
  ])('change nothing: %s', (_, stop) => {
    expect(directionsFor(stop === undefined ? {} : { stop }, HELLO, EDGE)).toEqual(UNDIRECTED);
  });

  it('hold for all, a tier, or one model; of several the last one', () => {
    const text =
      'standin:first_token_ms=100,first_token_ms=50:edge,first_token_ms=70:@cf/zai-org/glm-4.7-flash,tokens_per_s=50:cloud';
    const of = (speaker: Speaker) => {
      const { firstMs, gapMs } = directionsFor({ stop: ['END', text] }, HELLO, speaker);
      return [firstMs, gapMs];
    };
    expect(of(EDGE)).toEqual([50, null]);
    expect(of({ ...EDGE, model: '@cf/zai-org/glm-4.7-flash' })).toEqual([70, null]);
    expect(of(CLOUD)).toEqual([100, 20]);
  });

  it.each([
    ['refused', { type: 'refused' }],
    ['429', { type: 'status', status: 429 }],
    ['empty', { type: 'empty' }],
    ['cut@30', { type: 'cut', afterTokens: 30 }],
    ['200', null],
  ])('name a failure: %s', (fail, failure) => {
    expect(directionsFor({ stop: `standin:fail=${fail}` }, HELLO, CLOUD).failure).toEqual(failure);
  });

  it('cut an answer once: who is asked to go on with it is spared', () => {
    const again = asked('Go on.\n<last>the last words</last>');
    const stop = 'standin:fail=cut@30';
    expect(directionsFor({ stop }, again, CLOUD).failure).toBeNull();
    expect(scriptedAnswer(again, CLOUD).pieces.join('')).toMatch(/^the last words .*no model ran/);
  });

  it('replace a usual pace only where they say so', () => {
    expect(directedPace({ firstMs: 50, gapMs: 15 }, { ...UNDIRECTED, firstMs: 0 })).toEqual({
      firstMs: 0,
      gapMs: 15,
    });
  });

  it('lengthen an answer, make it a refusal, and let a model think first', () => {
    const directions = directionsFor({ stop: 'standin:tokens=300,thinking=5,answer=refusal' }, HELLO, CLOUD);
    const answer = scriptedAnswer(HELLO, CLOUD, directions);
    expect(answer.pieces).toHaveLength(300);
    expect(answer.pieces.join('')).toMatch(/^I'm sorry, but I cannot help with that\..*no model ran/);
    expect(answer.usage.completion_tokens).toBe(305);
    const { lines } = chatLines(answer, 'gpt-5-mini', true);
    expect(lines.filter((line) => line.includes('reasoning_content'))).toHaveLength(5);
  });
});

describe('a stream that is cut', () => {
  it.each([
    [2, 'onetwo'],
    [9, 'onetwothree'],
  ])('breaks after %i lines and never ends well', async (cutAfter, expected) => {
    const pace = { firstMs: 0, gapMs: 0 };
    let text = '';
    for await (const bytes of pacedStream(['one', 'two', 'three'], 'end', pace, cutAfter))
      text += new TextDecoder().decode(bytes);
    expect(text).toBe(expected);
  });
});
