// The rule routers that the classifier is compared with do what their documentation says, worked out by hand; and the
// throw-away model of the few-shot figure learns from its labels and from nothing else.

import { describe, expect, it } from 'vitest';
import { BASELINES } from '../classifier/train/baselines.ts';
import { clawRouterDemand, clawRouterSendsToCloud } from '../classifier/train/clawrouter-rules.ts';
import { describe as describePrompt, fitEncoder } from '../classifier/train/few-shot-features.ts';
import { fitRidge } from '../classifier/train/few-shot-ridge.ts';
import { fitFewShot } from '../classifier/train/few-shot.ts';
import { litellmDemand, litellmSendsToCloud } from '../classifier/train/litellm-rules.ts';

describe('LiteLLM’s complexity rules', () => {
  it.each([
    ['a greeting: short, one simple marker', 'hello there', -0.1 - 0.05],
    [
      'nothing that counts, neither short nor long',
      'Tell me about the old mill by the river near our village',
      -0.1,
    ],
    ['neither short nor long', 'Tell me about the old mill by the river near our village, please.', 0],
    ['one code word', 'Please refactor the paragraph about the old mill by the river today.', 0.15],
    ['two code words', 'Please refactor and debug the paragraph about the old mill by the river.', 0.3],
    ['numbered steps', 'The mill was built. 1. stone 2. wood 3. iron, all of it by local hands.', 0.015],
    [
      'four questions',
      'Is it old, the mill we saw? Is it big? Is it made of wood? Is it by the river?',
      0.01,
    ],
    ['long: more than 400 tokens of four characters', 'mill '.repeat(400), 0.1],
  ])('score %s', (_name, prompt, score) => {
    expect(litellmDemand(prompt)).toBeCloseTo(score, 12);
  });

  it('look for single words only where they stand alone', () => {
    const inside = 'The capital of terrorism is classical, constant and variable all over town.';
    expect(litellmDemand(inside)).toBe(0);
  });

  it('promote two reasoning markers, but not on a prompt that is otherwise trivial', () => {
    const two = 'Think carefully and evaluate whether the old mill by the river can be saved at all.';
    expect(litellmDemand(two)).toBeCloseTo(1.25, 12);
    expect(litellmDemand('deduce, infer, what is')).toBeCloseTo(0.25 - 0.1 - 0.05, 12);
  });

  it('leave obviously hard work at the cheapest model when no word on the lists occurs', () => {
    expect(litellmSendsToCloud('Prove that the square root of 2 is irrational.')).toBe(false);
    expect(litellmSendsToCloud('Debug this function')).toBe(true);
  });
});

describe('ClawRouter’s rules', () => {
  it.each([
    ['a greeting: short, one simple marker', 'hello there', -0.08 - 0.02],
    ['one reasoning marker in a short prompt', 'prove it', -0.08 + 0.18 * 0.7],
    ['numbered steps', '1. stone', -0.08 + 0.12 * 0.5],
    ['a marker in another language', '証明', -0.08 + 0.18 * 0.7],
    ['long: more than 500 tokens of four characters', 'mill '.repeat(500), 0.08],
    ['three signs of an agent at work', 'install it, compile it, verify it', -0.08 + 0.04 * 0.6],
  ])('score %s', (_name, prompt, score) => {
    expect(clawRouterDemand(prompt)).toBeCloseTo(score, 12);
  });

  it('find words inside other words', () => {
    expect(clawRouterDemand('a classical')).toBeCloseTo(-0.08 + 0.15 * 0.5, 12);
  });

  it('put two reasoning markers above every sum', () => {
    expect(clawRouterDemand('prove the theorem')).toBeCloseTo(1 - 0.08 + 0.18, 12);
    expect([clawRouterSendsToCloud('hello there'), clawRouterSendsToCloud('prove it')]).toEqual([
      false,
      true,
    ]);
  });
});

describe('baselines', () => {
  it('are ranked by demand, and have distinct names', () => {
    expect(new Set(BASELINES.map(({ name }) => name)).size).toBe(BASELINES.length);
    const hard = 'Derive step by step, and prove, how to optimize this distributed database query function.';
    expect(BASELINES.filter(({ demand }) => demand(hard) <= demand('hello there'))).toEqual([]);
  });
});

describe('the few-shot model', () => {
  it('solves ridge regression', () => {
    const rows = [1, 2, 3].map((value) => ({ columns: Uint32Array.of(0), values: Float64Array.of(value) }));
    // Targets around their mean 2: −1, 0, 1. Weight = Σ x·t / (Σ x² + penalty) = 2 / (14 + 2).
    const predict = fitRidge(rows, [1, 2, 3], 2, 1);
    expect(predict({ columns: Uint32Array.of(0), values: Float64Array.of(8) })).toBeCloseTo(
      2 + 8 * (2 / 16),
      6,
    );
  });

  it('ranks unseen prompts as its labels taught it', () => {
    const prompt = (topic: string, index: number) =>
      describePrompt(`Question ${index % 7} about ${topic} and its uses, in short.`, [0]);
    const predict = fitFewShot(
      Array.from({ length: 60 }, (_, index) => ({
        described: prompt(index % 2 === 0 ? 'torts' : 'planets', index),
        gain: index % 2,
      })),
    );
    expect(predict(prompt('planets', 99))).toBeGreaterThan(predict(prompt('torts', 99)) + 0.5);
  });

  it('sees nothing of words that fewer than two labelled prompts had', () => {
    const prompts = ['aaaa bbbb', 'aaaa bbbb', 'cccc'].map((text) => describePrompt(text, [0]));
    const { encode } = fitEncoder(prompts);
    const gramsOf = (text: string): number => {
      const described = describePrompt(text, [0]);
      return encode(described).columns.length - described.measures.length;
    };
    // "aaaa bbbb": two words, one pair, six runs of four characters.
    expect([gramsOf('aaaa bbbb'), gramsOf('cccc'), gramsOf('dddd eeee')]).toEqual([9, 0, 0]);
  });
});
