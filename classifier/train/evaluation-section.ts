// One part of the report: its text, and what it says about the goals that the classifier was set.

import { classify } from '../classify.ts';
import { loadModel, type Model } from '../model.ts';

export type Goal = {
  /** What was asked for, with the number. */
  readonly goal: string;
  /** What was measured, with its interval. */
  readonly value: string;
  readonly met: boolean;
};

export type Section = { readonly lines: readonly string[]; readonly goals: readonly Goal[] };

/** What is judged: the shipped classifier, on data that stays outside the repository. */
export type Judgement = {
  /** The folder with `iid_test.jsonl.gz`, `routellm_eval.jsonl.gz` and the rest. */
  readonly folder: string;
  /** P(edge is good enough) of a prompt that is the whole conversation. */
  readonly edgeProbability: (text: string) => number;
  readonly expectedGain: (text: string) => number;
};

export function judgeShippedModel(folder: string): Judgement {
  const judge = judgeOf(loadModel());
  return {
    folder,
    edgeProbability: (text) => judge(text).probability,
    expectedGain: (text) => judge(text).gain,
  };
}

type Verdict = { readonly probability: number; readonly gain: number };

/** Remembers: several parts of the report ask about the same prompts. */
export function judgeOf(model: Model): (text: string) => Verdict {
  const known = new Map<string, Verdict>();
  return (text) => {
    const { probability, gain } = known.get(text) ?? classify(model, [text]);
    // Compared with a number, NaN is false: a broken model would pass for one that never changes its mind.
    if (Number.isNaN(probability + gain))
      throw new Error(`the classifier has no opinion (NaN) on: ${text.slice(0, 80)}; train it again`);
    known.set(text, { probability, gain });
    return { probability, gain };
  };
}
