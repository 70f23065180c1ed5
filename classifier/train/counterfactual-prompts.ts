// Prompts written for this project so that length and language do not decide: short but hard, and long or odd but easy,
// in many languages, most of them pairs that share their words. Training data only: nothing in written-prompts/ may also
// stand in the evaluation's prompts or in test/fixtures.
// A file is a language: under `# hard` and `# easy` one task a line; `{…|…}` is a choice that is spelled out in full,
// `\n` a line break.

import { readdirSync, readFileSync } from 'node:fs';

export type LanguagePrompts = { readonly hard: readonly string[]; readonly easy: readonly string[] };

const FOLDER = new URL('written-prompts/', import.meta.url);

/** By language code, in a fixed order: the trainer's result depends on it. */
export function writtenPrompts(): ReadonlyMap<string, LanguagePrompts> {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.txt'))
    .sort();
  return new Map(files.map((name) => [name.replace('.txt', ''), parsePrompts(name)]));
}

function parsePrompts(name: string): LanguagePrompts {
  const sections = { hard: new Array<string>(), easy: new Array<string>() };
  let section: keyof typeof sections | undefined;
  for (const line of readFileSync(new URL(name, FOLDER), 'utf8').split('\n')) {
    if (line === '# hard' || line === '# easy') section = line === '# hard' ? 'hard' : 'easy';
    else if (line !== '' && section === undefined) throw new Error(`${name}: "${line}" stands before # hard`);
    else if (line !== '' && section !== undefined)
      sections[section].push(line.replaceAll(String.raw`\n`, '\n'));
  }
  if (sections.hard.length === 0 || sections.easy.length === 0)
    throw new Error(`${name} needs lines under both # hard and # easy`);
  return sections;
}
