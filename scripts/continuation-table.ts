// Writes the table of docs/design/continuation.md: what becomes of scripted answers that are lost after each of their
// first tokens and gone on with by scripted models. Its test fails when the page says something else.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { outcomeTable } from '../test/support/joined-answer.ts';

const PAGE = path.join(import.meta.dirname, '..', 'docs', 'design', 'continuation.md');

const page = readFileSync(PAGE, 'utf8');
const [before, after] = page.split(/^\|[\s\S]*\|$/m);
if (before === undefined || after === undefined) throw new Error(`${PAGE} has no table to replace`);
const table = outcomeTable();
writeFileSync(PAGE, before + table + after);
console.log(table);
