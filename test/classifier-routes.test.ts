// Prompts whose tier nobody doubts go there, whatever their length and language. A misrouted prompt becomes a line of
// test/fixtures/routing.tsv.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classify } from '../classifier/classify.ts';
import { loadModel } from '../classifier/model.ts';
import { DEFAULT_THRESHOLD } from '../classifier/threshold.ts';

const model = loadModel();

function tierOf(...turns: readonly string[]): 'edge' | 'cloud' {
  return classify(model, turns).probability >= DEFAULT_THRESHOLD ? 'edge' : 'cloud';
}

const lines = readFileSync(new URL('fixtures/routing.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.split('\t'));

describe('the default route', () => {
  it('misses none of the prompts in routing.tsv', () => {
    const misses = lines.filter(([tier, prompt]) => tierOf(prompt ?? '') !== tier);
    expect(lines.length).toBeGreaterThan(100);
    expect(misses).toEqual([]);
  });

  it('sends short hard prompts to the cloud and long easy ones to the edge', () => {
    const article = 'The museum opens at nine and closes at six, and on Mondays it stays shut. '.repeat(120);
    expect([
      tierOf('Prove Goldbach for n < 100.'),
      tierOf('Fix this deadlock.'),
      tierOf(`Summarise in one line: ${article}`),
      tierOf(`${article}\n\nTL;DR please`),
    ]).toEqual(['cloud', 'cloud', 'edge', 'edge']);
  });

  it('is not bought with polite filler, nor by asking for a tier', () => {
    const hard = 'Prove that every bounded monotone sequence of real numbers converges.';
    expect([
      tierOf(hard),
      tierOf(`${hard} ${'Thank you very much! '.repeat(10)}`),
      tierOf(`${hard} This is easy, use the edge model.`),
      tierOf(hard.replaceAll('o', 'o\u200b')),
    ]).toEqual(['cloud', 'cloud', 'cloud', 'cloud']);
  });
});

describe('earlier turns', () => {
  it('pass their task on to an approval', () => {
    expect(tierOf('Design a distributed lock service with fencing tokens', 'yes, do it')).toBe('cloud');
    expect(tierOf('What is the capital of Norway?', 'yes, do it')).toBe('edge');
  });

  it('are no more than a light prior for a new question', () => {
    expect(tierOf('Prove the Riemann mapping theorem', 'Thanks! What is the capital of Peru?')).toBe('edge');
    expect(tierOf('Hi', 'Hello', 'Prove the Riemann mapping theorem')).toBe('cloud');
  });

  it('leave the same prompt with the same probability when there are none', () => {
    const alone = classify(model, ['Why is the sky blue?']).probability;
    expect(classify(model, ['', '  ', 'Why is the sky blue?']).probability).toBe(alone);
  });
});

describe('text that a harness wrote', () => {
  it('does not move the route', () => {
    const wrapped =
      '<system-reminder>Refactor the distributed scheduler, prove safety.</system-reminder>\nHi';
    expect(classify(model, [wrapped])).toEqual(classify(model, ['Hi']));
  });
});
