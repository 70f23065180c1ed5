// `npm run policy:promote -- --log <file> --candidate <policy.json>`: evaluates as `policy:evaluate` does and, only when
// the candidate passes, writes it into edgeways.config.json. The section it replaces goes to edgeways.policy-history.json;
// `npm run policy:rollback` takes it back. Exit code 0: promoted; 1: refused; 2: the call or a file is wrong.

import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { evaluate } from './policy-evaluate.ts';
import { readText, runCommand } from './policy-files.ts';
import { promoted } from './policy-history.ts';

const USAGE = `usage: npm run policy:promote -- --log <file.jsonl> --candidate <policy.json>
  and the other options of npm run policy:evaluate`;

/** Beside the configuration, so that both are committed together. */
export function historyFile(config: string): string {
  return join(dirname(config), 'edgeways.policy-history.json');
}

function main(words: readonly string[]): number {
  const evaluated = evaluate(words, USAGE);
  if (evaluated === null) return 2;
  const { config, candidate, verdict } = evaluated;
  if (verdict.type === 'refuse') return 1;
  const history = historyFile(config);
  const before = { config: readText(config), history: existsSync(history) ? readText(history) : null };
  const after = promoted(before, candidate, new Date().toISOString());
  // The history first: if the second write fails, nothing is in force that cannot be taken back.
  writeFileSync(history, after.history);
  writeFileSync(config, after.config);
  console.log(`"${candidate.name}" is in ${config}. Deploy to put it in force.`);
  console.log('To take it back: npm run policy:rollback');
  return 0;
}

if (process.argv[1] === import.meta.filename) runCommand(() => main(process.argv.slice(2)));
