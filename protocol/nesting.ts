// A bound on how deep a parsed JSON value nests. Schemas, encoders and upstreams walk values recursively: without
// the bound a small hostile body could exhaust a stack far from here.

import { isJsonObject } from './json.ts';

/** True when `value` has arrays or objects within each other more than `maxLevels` deep. Walks without recursion. */
export function nestsDeeper(value: unknown, maxLevels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    const inner: unknown[] = [];
    for (const entry of level) collectContainers(entry, inner);
    if (depth > maxLevels) return true;
    level = inner;
  }
  return false;
}

function collectContainers(entry: unknown, found: unknown[]): void {
  if (Array.isArray(entry)) {
    for (const inner of entry) if (typeof inner === 'object' && inner !== null) found.push(inner);
  } else if (isJsonObject(entry)) {
    for (const key in entry)
      if (typeof entry[key] === 'object' && entry[key] !== null) found.push(entry[key]);
  }
}
