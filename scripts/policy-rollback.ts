// `npm run policy:rollback`: takes the latest promotion back. The `routing` section becomes what it was before; it refuses
// when somebody has changed the section since, rather than lose that change.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CONFIG_FILE } from './policy-evaluate.ts';
import { readText, runCommand } from './policy-files.ts';
import { rolledBack } from './policy-history.ts';
import { historyFile } from './policy-promote.ts';

function main(words: readonly string[]): number {
  const { values } = parseArgs({
    args: [...words],
    options: { config: { type: 'string', default: CONFIG_FILE } },
  });
  const history = historyFile(values.config);
  const after = rolledBack({ config: readText(values.config), history: readText(history) });
  // The configuration first: if the second write fails, the promotion can be taken back again.
  writeFileSync(values.config, after.config);
  writeFileSync(history, after.history);
  console.log(`"${after.policy}" is out of ${values.config}. Deploy to put the policy before it in force.`);
  return 0;
}

if (process.argv[1] === import.meta.filename) runCommand(() => main(process.argv.slice(2)));
