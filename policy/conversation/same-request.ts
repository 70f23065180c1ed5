// Whether a turn asks again what an earlier one asked: the plainest sign that the answer did not help.
// The same words with something added or left out ("again", "please") are a repetition; the same words with one
// exchanged ("capital of France", "capital of Spain") are a new question, and so is a further "go on".

import { isContinuation } from './phrases.ts';

/** Shared words over all words of both (Jaccard), counted as often as they occur. */
const LEAST_SIMILARITY = 0.8;

/** Two words are too little to tell a repetition from "thank you" or "and now". */
const LEAST_WORDS = 3;

/** @param before @param now - the words of both turns; see turn-words.ts */
export function isSameRequest(before: readonly string[], now: readonly string[]): boolean {
  const least = Math.min(before.length, now.length);
  // Too few words in common for sure: the lists need not be compared.
  if (least < LEAST_WORDS || least < LEAST_SIMILARITY * Math.max(before.length, now.length)) return false;
  if (isContinuation(now)) return false;
  const shared = sharedCount(before, now);
  const isExchanged = shared < before.length && shared < now.length;
  return !isExchanged && shared / (before.length + now.length - shared) >= LEAST_SIMILARITY;
}

function sharedCount(left: readonly string[], right: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const word of left) counts.set(word, (counts.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of right) {
    const count = counts.get(word) ?? 0;
    if (count === 0) continue;
    shared += 1;
    counts.set(word, count - 1);
  }
  return shared;
}
