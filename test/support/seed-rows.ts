// What a product with the entry `workers/seeded.ts` takes for one shard of its statistics, as JSON. Bytes are base64.

export type SeedRows = {
  readonly state: string;
  readonly rollups: readonly (readonly [lane: number, startMs: number, cells: string])[];
};
