// The dashboard's tiles as a test reads them, beside what the API's summary says of each.

import type { Page } from 'playwright-core';
import type { Summary } from '../../dashboard/state/analytics-answers.ts';

const TILES: Readonly<Record<string, (summary: Summary) => number | null | undefined>> = {
  requests: ({ totals }) => totals.requests,
  active_streams: (summary) => summary.active_streams,
  edge_share: ({ totals }) => totals.edge_share,
  saved_usd: ({ totals }) => totals.saved_usd,
  edge_ttft_p50: ({ tiers }) => tiers.edge.ttft_ms.p50,
  edge_ttft_p95: ({ tiers }) => tiers.edge.ttft_ms.p95,
  cloud_ttft_p50: ({ tiers }) => tiers.cloud.ttft_ms.p50,
  cloud_ttft_p95: ({ tiers }) => tiers.cloud.ttft_ms.p95,
  tokens_per_second: ({ totals }) => totals.tokens_per_second.p50,
  error_rate: ({ totals }) => totals.error_rate,
  reconnect_rate: ({ totals }) => totals.reconnect_rate,
  cancel_rate: ({ totals }) => totals.cancel_rate,
  completion_rate: ({ totals }) => totals.completion_rate,
  abandon_rate: ({ totals }) => totals.abandon_rate,
};

export type ShownTiles = Readonly<Record<string, string | null>>;

/** To the last digit; what was not measured is empty. */
export function tilesOf(summary: Summary): ShownTiles {
  return Object.fromEntries(Object.entries(TILES).map(([id, of]) => [id, String(of(summary) ?? '')]));
}

/** Every tile of the page by its name, as soon as there is one. */
export async function shownTiles(page: Page): Promise<ShownTiles> {
  const tiles = page.locator('[data-tile]');
  await tiles.first().waitFor();
  const pairs = await tiles.evaluateAll((all) =>
    all.map((tile) => [tile.getAttribute('data-tile') ?? '', tile.getAttribute('data-value')]),
  );
  return Object.fromEntries(pairs) as ShownTiles;
}
