// Reads the three sets of prompts the classifier is judged by. Test data: the trainer never sees them, and whoever wrote
// them did not read its training prompts.
// One prompt a line, fields parted by tabs; in a text `\n` stands for a line break and `\\` for a backslash.

import { readFileSync } from 'node:fs';
import type { Tier } from '../../protocol/route.ts';

/** A prompt whose right tier nobody doubts. */
export type ObviousPrompt = { readonly tier: Tier; readonly text: string; readonly language: string };

/** Two prompts on one topic that need different tiers. In half of the pairs the easy one is the longer. */
export type CounterfactualPair = {
  readonly pair: string;
  readonly language: string;
  readonly edge: string;
  readonly cloud: string;
};

/** An ordinary prompt of no stated tier: what the perturbations are applied to. */
export type PerturbationPrompt = { readonly language: string; readonly text: string };

type Line = { readonly at: string; readonly fields: ReadonlyMap<string, string> };

export function obviousPrompts(): readonly ObviousPrompt[] {
  return parseObviousPrompts(read('obvious-prompts.tsv'));
}

export function counterfactualPairs(): readonly CounterfactualPair[] {
  return parseCounterfactualPairs(read('counterfactual-test.tsv'));
}

export function perturbationPrompts(): readonly PerturbationPrompt[] {
  return parsePerturbationPrompts(read('perturbation-prompts.tsv'));
}

/** `tier, text, language` a line. */
export function parseObviousPrompts(tsv: string): readonly ObviousPrompt[] {
  return linesOf(tsv, 'obvious-prompts.tsv', ['tier', 'text', 'language']).map((line) => ({
    tier: tierOf(line),
    text: textOf(line),
    language: languageOf(line),
  }));
}

/** `pair, tier, language, text` a line; a pair is one edge and one cloud line of one language. */
export function parseCounterfactualPairs(tsv: string): readonly CounterfactualPair[] {
  const lines = linesOf(tsv, 'counterfactual-test.tsv', ['pair', 'tier', 'language', 'text']);
  const members = Map.groupBy(lines, (line) => fieldOf(line, 'pair'));
  return Array.from(members, ([pair, rows]) => toPair(pair, rows));
}

/** `language, text` a line. */
export function parsePerturbationPrompts(tsv: string): readonly PerturbationPrompt[] {
  return linesOf(tsv, 'perturbation-prompts.tsv', ['language', 'text']).map((line) => ({
    language: languageOf(line),
    text: textOf(line),
  }));
}

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

function linesOf(tsv: string, file: string, names: readonly string[]): readonly Line[] {
  return tsv.split('\n').flatMap((line, index): readonly Line[] => {
    if (line === '') return [];
    const at = `${file}:${index + 1}`;
    const values = line.split('\t');
    if (values.length !== names.length)
      throw new Error(`${at}: ${values.length} fields; write ${names.join(', ')}, parted by tabs`);
    return [{ at, fields: new Map(names.map((name, column) => [name, values[column] ?? ''])) }];
  });
}

function fieldOf(line: Line, name: string): string {
  const value = line.fields.get(name)?.trim() ?? '';
  if (value === '') throw new Error(`${line.at}: the ${name} is empty; fill it in`);
  return value;
}

function tierOf(line: Line): Tier {
  const tier = fieldOf(line, 'tier');
  if (tier !== 'edge' && tier !== 'cloud')
    throw new Error(`${line.at}: the tier is "${tier}"; write edge or cloud`);
  return tier;
}

function languageOf(line: Line): string {
  const language = fieldOf(line, 'language');
  if (!/^[a-z]{2}$/.test(language))
    throw new Error(`${line.at}: the language is "${language}"; write its two letters of ISO 639-1`);
  return language;
}

function textOf(line: Line): string {
  return fieldOf(line, 'text').replaceAll(/\\(.?)/gu, (escape, letter: string) => {
    if (letter === 'n') return '\n';
    if (letter === '\\') return '\\';
    throw new Error(`${line.at}: the text holds ${escape}; write \\n for a line break, \\\\ for a backslash`);
  });
}

function toPair(pair: string, rows: readonly Line[]): CounterfactualPair {
  const [first, second] = rows;
  if (first === undefined || second === undefined || rows.length !== 2)
    throw new Error(`${first?.at}: pair ${pair} has ${rows.length} lines; write one edge and one cloud line`);
  const [edge, cloud] = tierOf(first) === 'edge' ? [first, second] : [second, first];
  if (tierOf(edge) === tierOf(cloud))
    throw new Error(`${second.at}: both lines of pair ${pair} are ${tierOf(cloud)}; write one of each tier`);
  if (languageOf(edge) !== languageOf(cloud))
    throw new Error(`${second.at}: pair ${pair} is in two languages; write both lines in one`);
  return { pair, language: languageOf(edge), edge: textOf(edge), cloud: textOf(cloud) };
}
