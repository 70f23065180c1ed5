// LiteLLM's complexity router, rebuilt from its documentation to be measured against (BerriAI/litellm,
// litellm/router_strategy/complexity_router, MIT). Documented and kept: the seven dimensions, their weights, the default
// English words, thresholds and tier boundaries, and the promotion of two reasoning markers to the top tier.
// Approximated: a word with no blank in it must stand alone, where "alone" means no ASCII letter, digit or _ beside it.

import {
  countWords,
  lengthScore,
  weightedScore,
  wordList,
  type KeywordDimension,
} from './keyword-dimensions.ts';

const CODE = wordList(`
  function, class, def, const, let, var, import, export, return, async, await, try, catch, exception, error, debug,
  api, endpoint, request, response, database, sql, query, schema, algorithm, implement, refactor, optimize, python,
  javascript, typescript, java, rust, golang, react, vue, angular, node, docker, kubernetes, git, commit, merge,
  branch, pull request`);

const REASONING = wordList(`
  step by step, think through, let's think, reason through, analyze this, break down, explain your reasoning,
  show your work, chain of thought, think carefully, consider all, evaluate, pros and cons, compare and contrast,
  weigh the options, logical, deduce, infer, conclude`);

const TECHNICAL = wordList(`
  architecture, distributed, scalable, microservice, machine learning, neural network, deep learning, encryption,
  authentication, authorization, performance, latency, throughput, benchmark, concurrency, parallel, threading,
  memory, cpu, gpu, optimization, protocol, tcp, http, grpc, websocket, container, orchestration`);

const SIMPLE = wordList(`
  what is, what's, define, definition of, who is, who was, when did, when was, where is, where was, how many,
  how much, yes or no, true or false, simple, brief, short, quick, hello, hi, hey, thanks, thank you, goodbye, bye,
  okay`);

const DIMENSIONS: readonly KeywordDimension[] = [
  { weight: 0.3, words: CODE, hits: { least: 1, most: 2 }, score: { some: 0.5, many: 1 } },
  { weight: 0.25, words: REASONING, hits: { least: 1, most: 2 }, score: { some: 0.7, many: 1 } },
  { weight: 0.25, words: TECHNICAL, hits: { least: 2, most: 4 }, score: { some: 0.5, many: 1 } },
  { weight: 0.05, words: SIMPLE, hits: { least: 1, most: 2 }, score: { some: -1, many: -1 } },
];

const WEIGHT = { length: 0.1, steps: 0.03, questions: 0.02 } as const;

const TOKENS = { short: 15, long: 400 } as const;

const STEPS: readonly RegExp[] = [/first.*?then/, /step\s*\d/, /\d+\.\s/, /[a-z]\)\s/];

const MAX_PLAIN_QUESTIONS = 3;

/** SIMPLE ends here. What lies above goes to a stronger model than the cheapest, so it counts as sent to the cloud. */
const SIMPLE_MEDIUM = 0.15;

/** Two reasoning markers buy the top tier, whatever the sum, once it has left SIMPLE. No sum reaches past 1. */
const REASONING_MARKERS = 2;
const TOP_TIER = 1;

export function litellmDemand(prompt: string): number {
  const text = prompt.toLowerCase();
  const score =
    WEIGHT.length * lengthScore(prompt, TOKENS) +
    weightedScore(text, DIMENSIONS, standsAlone) +
    WEIGHT.steps * (STEPS.some((step) => step.test(text)) ? 0.5 : 0) +
    WEIGHT.questions * (text.split('?').length - 1 > MAX_PLAIN_QUESTIONS ? 0.5 : 0);
  const promoted = score >= SIMPLE_MEDIUM && countWords(text, REASONING, standsAlone) >= REASONING_MARKERS;
  return promoted ? TOP_TIER + score : score;
}

export function litellmSendsToCloud(prompt: string): boolean {
  return litellmDemand(prompt) >= SIMPLE_MEDIUM;
}

/** A phrase may stand anywhere; a single word must not be part of a longer one ("api" in "capital"). */
function standsAlone(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (word.includes(' ')) return true;
    const around = (text[at - 1] ?? ' ') + (text[at + word.length] ?? ' ');
    if (!/\w/.test(around)) return true;
  }
  return false;
}
