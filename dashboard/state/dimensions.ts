// What the statistics can be filtered and grouped by, in the API's words.

export const DIMENSIONS = ['tenant', 'tier', 'model', 'provider', 'chunking'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Any of the listed values; a dimension that is left out is not filtered. */
export type Filter = Readonly<Partial<Record<Dimension, readonly string[]>>>;
