// A generation's record in the words of the wire.

import type { ListedRecord } from '../../policy/analytics/stream-ring.ts';

export function streamFields(record: ListedRecord): object {
  const { startedMs, endedMs, isCached, isEscalated, isHedged, phases, gaps, ...others } = record;
  const { inputTokens, outputTokens, cachedTokens, seq: _seq, ...named } = others;
  return {
    ...wireNames(named),
    started_at: isoOf(startedMs),
    ended_at: isoOf(endedMs),
    cached: isCached,
    escalated: isEscalated,
    hedged: isHedged,
    phases: wireNames(phases, 'Ms'),
    gap: gaps && wireNames(gaps),
    tokens: { input: inputTokens, output: outputTokens, cached: cachedTokens },
  };
}

/** The same in the spelling of the wire: `renderLagMs` is `render_lag_ms`. */
function wireNames(fields: object, without = ''): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => {
      return [name.replace(without, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value];
    }),
  );
}

export function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
