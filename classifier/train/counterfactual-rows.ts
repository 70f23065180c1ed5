// Turns the written prompts into training rows. Each line of prompts weighs the same however many choices it spells out,
// and the spelled-out choices of one line stay in one fold.

import { chatterSentence } from './chatter.ts';
import { CODE_SNIPPETS, EASY_CODE_TASKS, EASY_TASKS, HARD_TASKS, MATERIAL } from './long-texts.ts';
import { writtenPrompts } from './counterfactual-prompts.ts';
import { assumedGain, type Row } from './rows.ts';
import { seededRandom, type Random } from './seeded-random.ts';
import { TOPIC_PAIRS } from './topic-pairs.ts';

/** Not 0 and 1: even here somebody might judge otherwise, and certainty would drown the measured rows. */
const LABEL = { easy: 0.95, hard: 0.05 } as const;

/** Weight of one written line, shared by its choices; tuned on `dev` and the obvious prompts, never on the evaluations. */
const LINE_WEIGHT = 3;
const LEAST_LINE_WEIGHT = 0.45;

/** Sentences in a put-together text, odd and even so that each task meets some: from a line to several pages. */
const LENGTHS: readonly number[] = [1, 2, 3, 6, 13, 30, 69];

const TASKS_OF_A_TOPIC = 4;

const NOTE_SENTENCES: readonly number[] = [1, 2, 3, 4, 6, 9];

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
  for (const [language, { hard, easy }] of writtenPrompts()) {
    rows.push(
      ...lineRows(hard, `${language}/hard`, LABEL.hard),
      ...lineRows(easy, `${language}/easy`, LABEL.easy),
    );
  }
  for (const text of NOTHING) rows.push(row(text, LABEL.easy, 1, 'nothing'));
  rows.push(
    ...longRows(seededRandom(11)),
    ...noteRows(seededRandom(13)),
    ...snippetRows(),
    ...topicRows(seededRandom(17)),
  );
  return rows;
}

function lineRows(lines: readonly string[], group: string, label: number): readonly Row[] {
  return lines.flatMap((line, index) => {
    const texts = spellOut(line);
    return texts.map((text) =>
      row(text.trim(), label, Math.max(LEAST_LINE_WEIGHT, LINE_WEIGHT / texts.length), `${group}/${index}`),
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

/** An easy task on a note of a few sentences: what most pasted texts are. */
function noteRows(random: Random): readonly Row[] {
  return EASY_TASKS.flatMap((task, index) =>
    NOTE_SENTENCES.map((count) => {
      const note = Array.from({ length: count }, () => chatterSentence(random, [])).join(' ');
      const text = random() < 0.7 ? `${task}${random() < 0.5 ? ' ' : '\n\n'}${note}` : `${note}\n\n${task}`;
      return row(text, LABEL.easy, 0.6, `note/easy/${index}`);
    }),
  );
}

/** Every term meets some of the small tasks and some of the hard ones. */
function topicRows(random: Random): readonly Row[] {
  return Object.entries(TOPIC_PAIRS).flatMap(([name, { terms, easy, hard }]) =>
    terms.flatMap((term) => {
      const ask = (tasks: readonly string[], label: number, kind: string): readonly Row[] =>
        Array.from({ length: TASKS_OF_A_TOPIC }, () => {
          const at = Math.floor(random() * tasks.length);
          return row((tasks[at] ?? '').replaceAll('TERM', term), label, 0.6, `topic/${name}/${kind}/${at}`);
        });
      return [...ask(easy, LABEL.easy, 'easy'), ...ask(hard, LABEL.hard, 'hard')];
    }),
  );
}

function snippetRows(): readonly Row[] {
  return EASY_CODE_TASKS.flatMap((task, index) =>
    CODE_SNIPPETS.map((code) => row(`${task}\n\n${code}`, LABEL.easy, 0.6, `code/easy/${index}`)),
  );
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
  return { text, label, gain: assumedGain(label), weight, group, source: 'counterfactual', measured: false };
}
