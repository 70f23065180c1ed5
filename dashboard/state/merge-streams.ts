// The list of streams from what was asked for and what came live.

import type { StreamRow } from './analytics-answers.ts';

/** As many as the statistics keep. */
const MOST_STREAMS = 1_000;

/** @returns each stream once, the news first */
export function mergeStreams(news: readonly StreamRow[], known: readonly StreamRow[]): readonly StreamRow[] {
  const ids = new Set(news.map((stream) => stream.id));
  return [...news, ...known.filter((stream) => !ids.has(stream.id))].slice(0, MOST_STREAMS);
}
