// The one answer that every scripted model gives, and how a faithful model goes on with it: when the conversation ends
// with the beginning of the answer, with the rest; when a last instruction asks it to repeat some words first, with
// those words and the rest.

import type { ScriptMessage } from './dialect-scripts/dialect-script.ts';

/** Pieces of a few characters, cut where no grapheme is. */
export const ANSWER_PIECES: readonly string[] = [
  'The ferry ',
  'leaves Bergen ',
  'at eight, ',
  'passes the ',
  'lighthouse ',
  'at half past nine 🗼, ',
  'and reaches ',
  'the outer islands ',
  'before noon.\n\n',
  '- Take the ',
  'upper deck: ',
  '海が見えます.\n',
  '- Bring a ',
  'warm coat ',
  '(it is windy).\n',
  '- Ask for ',
  'the waffles.',
];

export const ANSWER = ANSWER_PIECES.join('');

/** What is still to be said, in pieces. A conversation without a beginning of the answer gets all of it. */
export function restOfAnswer(messages: readonly ScriptMessage[]): readonly string[] {
  const said = messages.findLast(({ role }) => role === 'assistant')?.text ?? '';
  if (said === '') return ANSWER_PIECES;
  if (!ANSWER.startsWith(said.trimEnd())) return ['I was never told that.'];
  const instruction = messages.at(-1)?.role === 'user' ? (messages.at(-1)?.text ?? '') : '';
  return inPieces(wordsToRepeat(instruction, said) + ANSWER.slice(said.length));
}

/** The instruction quotes them as a JSON string. */
function wordsToRepeat(instruction: string, said: string): string {
  const quoted = instruction.match(/"(?:[^"\\]|\\.)*"/gu) ?? [];
  const words = quoted.map((text) => JSON.parse(text) as string);
  return words.find((text) => text !== '' && said.endsWith(text)) ?? '';
}

function inPieces(text: string): readonly string[] {
  return text.match(/[\s\S]{1,7}/gu) ?? [];
}
