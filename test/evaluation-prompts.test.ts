// The sets the classifier is judged by: large, balanced, in many languages, apart from what it learned and from each
// other, and not to be won by counting characters.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  counterfactualPairs,
  obviousPrompts,
  parseCounterfactualPairs,
  parseObviousPrompts,
  parsePerturbationPrompts,
  perturbationPrompts,
} from '../classifier/train/evaluation-prompts.ts';
import { comparable, evaluationTexts, overlapWith } from '../classifier/train/evaluation-overlap.ts';
import { PERTURBATIONS } from '../classifier/train/perturbations.ts';
import { seededRandom } from '../classifier/train/seeded-random.ts';
import { trainingMix } from '../classifier/train/training-mix.ts';

const obvious = obviousPrompts();
const pairs = counterfactualPairs();
const ordinary = perturbationPrompts();
const everyText = evaluationTexts();

function languagesWithAtLeast(count: number, languages: readonly string[]): number {
  const groups = Map.groupBy(languages, (language) => language);
  return Array.from(groups.values()).filter((group) => group.length >= count).length;
}

/** The chance that a cloud prompt is longer than an edge prompt: how well length alone would do. */
function lengthAuc(edge: readonly string[], cloud: readonly string[]): number {
  const wins = edge.flatMap((easy) => cloud.map((hard) => (Math.sign(hard.length - easy.length) + 1) / 2));
  return wins.reduce((sum, win) => sum + win, 0) / wins.length;
}

function perturbed(name: string, text: string, seed: number): string {
  const perturbation = PERTURBATIONS.find((candidate) => candidate.name === name);
  if (perturbation === undefined) throw new Error(`no perturbation ${name}`);
  return perturbation.apply(text, seededRandom(seed));
}

describe('the obvious prompts', () => {
  it('are more than four hundred, in more than fourteen languages', () => {
    expect(obvious.length).toBeGreaterThanOrEqual(410);
    const languages = obvious.map(({ language }) => language);
    expect(languagesWithAtLeast(16, languages)).toBeGreaterThanOrEqual(14);
  });

  it('are half easy and half hard in every language', () => {
    const groups = Map.groupBy(obvious, ({ language }) => language);
    const lopsided = Array.from(groups, ([language, prompts]) => {
      const edge = prompts.filter(({ tier }) => tier === 'edge').length;
      return { language, edge, cloud: prompts.length - edge };
    }).filter(({ edge, cloud }) => Math.abs(edge - cloud) > Math.max(2, 0.1 * (edge + cloud)));
    expect(lopsided).toEqual([]);
  });
});

describe('the counterfactual pairs', () => {
  it('are more than one hundred and fifty, in more than fourteen languages', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(150);
    const languages = pairs.map(({ language }) => language);
    expect(languagesWithAtLeast(6, languages)).toBeGreaterThanOrEqual(14);
  });

  it('cannot be told apart by length: the easy one is longer in half of them', () => {
    const longer = pairs.filter(({ edge, cloud }) => edge.length > cloud.length).length / pairs.length;
    const auc = lengthAuc(
      pairs.map(({ edge }) => edge),
      pairs.map(({ cloud }) => cloud),
    );
    expect([Math.abs(longer - 0.5) < 0.05, Math.abs(auc - 0.5) < 0.05]).toEqual([true, true]);
  });
});

describe('the ordinary prompts', () => {
  it('are two hundred, 60 % English, in twelve languages or more', () => {
    const languages = ordinary.map(({ language }) => language);
    const english = languages.filter((language) => language === 'en').length;
    expect([ordinary.length, english]).toEqual([200, 120]);
    expect(languagesWithAtLeast(5, languages)).toBeGreaterThanOrEqual(12);
  });
});

describe('the evaluation prompts', () => {
  it('hold no prompt twice', () => {
    const groups = Map.groupBy(everyText, comparable);
    expect(Array.from(groups.values()).filter((texts) => texts.length > 1)).toEqual([]);
    expect(groups.has('')).toBe(false);
  });

  it('hold no prompt that the default route was tuned on', () => {
    const routing = readFileSync(new URL('fixtures/routing.tsv', import.meta.url), 'utf8').split('\n');
    const tuned = new Set(routing.map((line) => comparable(line.split('\t')[1] ?? '')));
    expect(tuned.size).toBeGreaterThan(100);
    expect(everyText.filter((text) => tuned.has(comparable(text)))).toEqual([]);
  });

  it('are no training prompts, not even reworded', () => {
    const overlaps = overlapWith(everyText);
    const trained = [...new Set(trainingMix([]).map(({ text }) => text))];
    expect(trained.length).toBeGreaterThan(100);
    expect(trained.filter(overlaps)).toEqual([]);
  });

  it('are recognised whatever the case and punctuation, and with a word more', () => {
    const overlaps = overlapWith(['What is the capital of Peru?', '苹果多少钱一斤']);
    const texts = [
      'what is the capital of PERU',
      'So what is the capital of Peru',
      'What is the capital of Chile?',
      '苹果多少钱一斤?',
      '梨多少钱一斤?',
      '',
    ];
    expect(texts.map(overlaps)).toEqual([true, true, false, true, false, false]);
  });
});

describe('the perturbations', () => {
  it('are twenty, three of which ask for a tier', () => {
    expect(new Set(PERTURBATIONS.map(({ name }) => name)).size).toBe(20);
    expect(PERTURBATIONS.length).toBe(20);
    expect(PERTURBATIONS.filter(({ asksForTier }) => asksForTier).length).toBe(3);
  });

  it('change every English prompt, but for the ones that are in lower case already', () => {
    const english = ordinary.filter(({ language }) => language === 'en');
    const same = PERTURBATIONS.flatMap(({ name, apply }) =>
      english.filter(({ text }, seed) => apply(text, seededRandom(seed)) === text).map(() => name),
    );
    expect([...new Set(same)]).toEqual(['lower case']);
    expect(same.length).toBeLessThan(english.length / 2);
  });

  it('give the same text for the same seed, and another for another seed', () => {
    const varies = PERTURBATIONS.filter(({ apply }) => {
      const runs = [1, 1, 2].map((seed) =>
        ordinary.map(({ text }, index) => apply(text, seededRandom(1000 * seed + index))),
      );
      expect(runs[1]).toEqual(runs[0]);
      return JSON.stringify(runs[2]) !== JSON.stringify(runs[0]);
    });
    const fixed = PERTURBATIONS.filter((perturbation) => !varies.includes(perturbation));
    expect(fixed.map(({ name }) => name)).toEqual([
      'full-width letters',
      'mathematical bold',
      'upper case',
      'lower case',
    ]);
  });

  it.each([
    'spaces and newlines',
    'dots and dashes',
    'long prefix',
    'long suffix',
    'hard keywords',
    'easy keywords',
    'asks for the best model',
    'asks for the small model',
    'fake control markup',
  ])('leave the prompt whole: %s', (name) => {
    const broken = ordinary.filter(({ text }, seed) => !perturbed(name, text, seed).includes(text));
    expect(broken).toEqual([]);
  });

  it.each(['full-width letters', 'mathematical bold'])('are undone by NFKC: %s', (name) => {
    const text = 'Prove it in 2 steps, please (no Zorn).';
    expect(perturbed(name, text, 1)).not.toContain('P');
    expect(perturbed(name, text, 1).normalize('NFKC')).toBe(text);
  });

  it.each([
    ['zero-width characters', /\u200b|\u200c|\u200d|\u2060|\ufeff/gu],
    ['tag characters', /[\u{e0000}-\u{e007f}]/gu],
    ['combining marks', /\p{Mn}/gu],
  ])('add nothing but invisible or small marks: %s', (name, added) => {
    const text = 'What do 𝒙 and 🙂 have in common?';
    const kept = [...Array(30).keys()].map((seed) => perturbed(name, text, seed).replaceAll(added, ''));
    expect(new Set(kept)).toEqual(new Set([text]));
  });

  it('never part a surrogate pair', () => {
    const text = '🙂𝒙'.repeat(20);
    const parted = PERTURBATIONS.filter(({ apply }) => !apply(text, seededRandom(9)).isWellFormed());
    expect(parted).toEqual([]);
  });

  it('put a good three hundred words of chatter around the prompt', () => {
    const words = [1, 2, 3].flatMap((seed) =>
      ['long prefix', 'long suffix'].map((name) => perturbed(name, '', seed).trim().split(/\s+/).length),
    );
    expect(words.filter((count) => count < 300 || count > 330)).toEqual([]);
  });

  it('touch few letters with typos, look-alikes and leet', () => {
    const text = 'the quick brown fox jumps over the lazy dog and then sleeps in the sun '.repeat(10);
    const changed = ['look-alike letters', 'light leetspeak'].map((name) => {
      const after = Array.from(perturbed(name, text, 3));
      return after.filter((letter, at) => letter !== text[at]).length / text.length;
    });
    const dropped = text.length - perturbed('typos', text, 3).length;
    expect(changed.filter((share) => share < 0.05 || share > 0.2)).toEqual([]);
    expect([dropped > 0, dropped < 0.04 * text.length]).toEqual([true, true]);
  });
});

describe('a bad line', () => {
  it.each([
    ['edge\thi', 'obvious-prompts.tsv:1: 2 fields; write tier, text, language, parted by tabs'],
    ['edge\thi\ten\n\nmiddle\tho\ten', 'obvious-prompts.tsv:3: the tier is "middle"; write edge or cloud'],
    ['edge\t \ten', 'obvious-prompts.tsv:1: the text is empty; fill it in'],
    ['edge\thi\tEnglish', 'the language is "English"; write its two letters of ISO 639-1'],
    ['edge\ta\\d\ten', 'the text holds \\d; write \\n for a line break, \\\\ for a backslash'],
  ])('is refused with the place and the remedy: %j', (tsv, message) => {
    expect(() => parseObviousPrompts(tsv)).toThrow(message);
  });

  it.each([
    ['x\tedge\ten\ta', 'pair x has 1 lines; write one edge and one cloud line'],
    ['x\tedge\ten\ta\nx\tedge\ten\tb', ':2: both lines of pair x are edge; write one of each tier'],
    ['x\tcloud\ten\ta\nx\tedge\tde\tb', 'pair x is in two languages; write both lines in one'],
  ])('is refused in a pair: %j', (tsv, message) => {
    expect(() => parseCounterfactualPairs(tsv)).toThrow(message);
  });

  it('does not hide behind a good one, which is read with its escapes', () => {
    expect(parsePerturbationPrompts('en\ta\\nb\\\\c\n')).toEqual([{ language: 'en', text: 'a\nb\\c' }]);
    expect(parseCounterfactualPairs('x\tcloud\ten\thard\nx\tedge\ten\teasy')).toEqual([
      { pair: 'x', language: 'en', edge: 'easy', cloud: 'hard' },
    ]);
  });
});
