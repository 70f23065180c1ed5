// The last minute, as the live feed tells it.

import type { JSX } from 'preact';
import type { LiveSummary } from '../state/analytics-answers.ts';
import { formatValue } from '../text/format.ts';

export function LiveStrip({ summary }: { readonly summary: LiveSummary | null }): JSX.Element {
  const minute = summary?.last_minute;
  const facts: readonly (readonly [string, string])[] = [
    ['requests', formatValue(minute?.requests, 'count')],
    ['failed', formatValue(minute?.failed, 'count')],
    ['at the edge', formatValue(minute?.edge_share, 'rate')],
    ['cost', formatValue(minute?.cost_usd, 'usd')],
    ['saved', formatValue(minute?.saved_usd, 'usd')],
    ['TTFT p50', formatValue(minute?.ttft_ms.p50, 'ms')],
    ['TTFT p95', formatValue(minute?.ttft_ms.p95, 'ms')],
    ['speed p50', formatValue(minute?.tokens_per_second.p50, 'per_second')],
    ['streams open', formatValue(summary?.active_streams, 'count')],
  ];
  return (
    <section class="strip" aria-label="The last minute">
      <span class="strip-title">Last minute</span>
      <dl>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
