// Whatever an upstream does, in whatever dialect, the client sees what is documented; and with a second model configured
// it sees a whole answer.

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { CELLS, seeFaultMatrix, type SeenCell } from './support/fault-matrix.ts';
import { expectedAlone, expectedBackedUp } from './support/fault-expectations.ts';
import { FAULT_PAGE, faultPage } from './support/fault-table.ts';

let seen: readonly SeenCell[];

beforeAll(async () => {
  seen = await seeFaultMatrix();
});

const cells = CELLS.map((cell, at) => ({ at, cell, fault: cell.fault, dialect: cell.dialect.title }));

describe('a client without a second model', () => {
  it.each(cells)('sees the documented outcome of $fault from $dialect', ({ at, cell }) => {
    expect(seen[at]?.alone).toBe(expectedAlone(cell));
  });
});

describe('a client with a healthy fallback', () => {
  it.each(cells)('gets a whole answer in spite of $fault from $dialect', ({ at, cell }) => {
    expect(seen[at]?.backedUp).toBe(expectedBackedUp(cell));
  });
});

it('the page in the documentation says what was seen', () => {
  expect(readFileSync(FAULT_PAGE, 'utf8')).toBe(faultPage(seen));
});
