// Turns the written prompts into training rows. Each line of prompts weighs the same however many choices it spells out,
// and the spelled-out choices of one line stay in one fold.

import { EASY_TASKS, HARD_TASKS, MATERIAL } from './long-texts.ts';
import { PROMPTS } from './counterfactual-prompts.ts';
import type { Row } from './rows.ts';
import { seededRandom, type Random } from './seeded-random.ts';

/** Not 0 and 1: even here somebody might judge otherwise, and certainty would drown the measured rows. */
const LABEL = { easy: 0.95, hard: 0.05 } as const;

/** Weight of one written line, shared by its choices; tuned on `dev` and the obvious prompts, never on the evaluations. */
const LINE_WEIGHT = 3;

/** Sentences in a put-together text: from a note to several pages. */
const LENGTHS: readonly number[] = [6, 14, 30, 70];

/** Enough that an instruction outweighs what it is about, few enough that exam questions alone keep their meaning. */
const PASTED_ROWS = 500;
const PASTED_PIECES: readonly number[] = [1, 2, 4, 9];
const MIN_PASTE_CHARS = 120;

const NOTHING: readonly string[] = [
  '',
  '?',
  '...',
  '!',
  '👍',
  '🙂',
  '😀😀',
  '.',
  'a',
  'hm',
  '👋',
  '❤️',
  '1',
  'x',
  '???',
];

export function counterfactualRows(): readonly Row[] {
  const rows: Row[] = [];
  for (const [language, { hard, easy }] of Object.entries(PROMPTS)) {
    rows.push(
      ...lineRows(hard, `${language}/hard`, LABEL.hard),
      ...lineRows(easy, `${language}/easy`, LABEL.easy),
    );
  }
  for (const text of NOTHING) rows.push(row(text, LABEL.easy, 1, 'nothing'));
  rows.push(...longRows(seededRandom(11)));
  return rows;
}

function lineRows(lines: string, group: string, label: number): readonly Row[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line, index) => {
      const texts = spellOut(line);
      return texts.map((text) =>
        row(text.trim(), label, Math.max(0.35, LINE_WEIGHT / texts.length), `${group}/${index}`),
      );
    });
}

/** `a {b|c}` → `a b`, `a c`. Braces without a bar, as in formulas, are text, also inside a choice. */
function spellOut(line: string): readonly string[] {
  for (const found of line.matchAll(/\{((?:[^{}]|\{[^{}]*\})*)\}/g)) {
    const choices = found[1]?.split('|') ?? [];
    if (choices.length < 2) continue;
    const before = line.slice(0, found.index);
    const after = line.slice(found.index + found[0].length);
    return choices.flatMap((choice) => spellOut(before + choice + after));
  }
  return [line];
}

function longRows(random: Random): readonly Row[] {
  const rows: Row[] = [];
  for (const [kind, sentences] of Object.entries(MATERIAL)) {
    for (const length of LENGTHS) {
      EASY_TASKS.forEach((task, index) => {
        if ((index + length) % 2 === 0) return;
        rows.push(row(compose(task, sentences, length, random), LABEL.easy, 0.7, `long/easy/${index}`));
      });
      (HARD_TASKS[kind] ?? []).forEach((task, index) => {
        for (let copy = 0; copy < 4; copy += 1) {
          rows.push(
            row(compose(task, sentences, length, random), LABEL.hard, 0.7, `long/hard/${kind}/${index}`),
          );
        }
      });
    }
  }
  return rows;
}

/** Rows that paste other rows: the same exam questions and chats, under an instruction that makes them mere material. */
export function pastedRows(rows: readonly Row[]): readonly Row[] {
  const random = seededRandom(23);
  const material = rows
    .filter(({ measured, text }) => measured && text.length > MIN_PASTE_CHARS)
    .map(({ text }) => text);
  return Array.from({ length: PASTED_ROWS }, (_, index) => {
    const task = index % EASY_TASKS.length;
    const pieces = PASTED_PIECES[index % PASTED_PIECES.length] ?? 1;
    const text = compose(EASY_TASKS[task] ?? '', material, pieces, random);
    return row(text, LABEL.easy, 0.5, `pasted/${task}`);
  });
}

function compose(task: string, sentences: readonly string[], length: number, random: Random): string {
  const separator = random() < 0.4 ? '\n' : ' ';
  const text = Array.from({ length }, () => sentences[Math.floor(random() * sentences.length)] ?? '').join(
    separator,
  );
  // People put the instruction before or after what they paste.
  return random() < 0.6 ? `${task}\n\n${text}` : `${text}\n\n${task}`;
}

function row(text: string, label: number, weight: number, group: string): Row {
  return { text, label, weight, group, source: 'counterfactual', measured: false };
}
