// Reads the prompts whose right tier nobody doubts. Test data: the trainer never sees them.

import { readFileSync } from 'node:fs';

export type ObviousPrompt = { readonly tier: 'edge' | 'cloud'; readonly text: string };

export function obviousPrompts(): readonly ObviousPrompt[] {
  const lines = readFileSync(new URL('obvious-prompts.tsv', import.meta.url), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map(parseLine);
}

function parseLine(line: string): ObviousPrompt {
  const [tier, text] = line.split('\t');
  if ((tier !== 'edge' && tier !== 'cloud') || text === undefined)
    throw new Error(`not a prompt line: ${line}`);
  return { tier, text };
}
