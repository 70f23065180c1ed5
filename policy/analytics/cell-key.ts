// The dimensions by which the statistics are kept apart, as one value.

import { DIMENSIONS, type Dimension, type StatsFilter } from './stats-question.ts';

export type CellKey = Readonly<Record<Dimension, string>>;

/** Without tenants and chunkings: what is left of the configuration's size is a handful. */
export function briefKey(key: CellKey): CellKey {
  return { ...key, tenant: '', chunking: '' };
}

export function isIn(filter: StatsFilter, key: CellKey): boolean {
  return DIMENSIONS.every((name) => filter[name]?.includes(key[name]) ?? true);
}
