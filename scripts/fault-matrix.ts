// `node scripts/fault-matrix.ts`: runs every fault in every dialect against the product and writes docs/fault-matrix.md.
// It ends with status 1 when a cell is not as documented; the page then says what was really seen.

import { writeFileSync } from 'node:fs';
import { expectedAlone, expectedBackedUp } from '../test/support/fault-expectations.ts';
import { seeFaultMatrix } from '../test/support/fault-matrix.ts';
import { FAULT_PAGE, faultPage } from '../test/support/fault-table.ts';

const seen = await seeFaultMatrix();
writeFileSync(FAULT_PAGE, faultPage(seen));
const surprises = seen.flatMap((cell) => [
  ...surprise(`${cell.fault}, ${cell.dialect.title}, alone`, cell.alone, expectedAlone(cell)),
  ...surprise(`${cell.fault}, ${cell.dialect.title}, backed up`, cell.backedUp, expectedBackedUp(cell)),
]);
for (const line of surprises) console.error(line);
console.log(`${seen.length} cells, each seen twice, ${surprises.length} not as documented`);
process.exitCode = surprises.length === 0 ? 0 : 1;

function surprise(where: string, what: string, documented: string): readonly string[] {
  return what === documented ? [] : [`${where}: ${what}; documented: ${documented}`];
}
