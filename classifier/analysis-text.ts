// The copy of a prompt that is scored: bounded, lower-case, one spelling for one letter, no padding, no wishes about the
// route. The prompt itself is never changed. Plain short ASCII costs a lower-casing and two searches.

import { cutAsks } from './cut-asks.ts';
import { foldUnicode } from './fold-unicode.ts';
import { readLeet } from './leet.ts';

/** What is read of a long prompt: its ends hold the instruction wherever people put it; more only costs time. */
export const WINDOW = { headChars: 1536, tailChars: 768 } as const;

/** Padding is looked for this far in from both ends, so that it cannot push the words out of the windows. */
const PADDING_REACH = 16_384;

/** Lines of dots, dashes, blanks. The copy keeps one character of it. */
const PADDING = /[\s.\-_=*~#·•…–—]{24,}/g;

const NOT_ASCII = /[\u0080-\uffff]/;

/** @param text what the person wrote, any length */
export function analysisText(text: string): string {
  const trimmed = trimFiller(text);
  const window = trimmed.length <= WINDOW.headChars + WINDOW.tailChars ? trimmed : ends(trimmed);
  const ascii = !NOT_ASCII.test(window);
  const folded = ascii ? window.toLowerCase() : foldUnicode(window);
  return trimFiller(cutAsks(readLeet(folded), ascii));
}

function ends(text: string): string {
  const reach = Math.min(PADDING_REACH, Math.floor(text.length / 2));
  const head = unpadded(text.slice(0, reach)).slice(0, WINDOW.headChars);
  const tail = unpadded(text.slice(-reach)).slice(-WINDOW.tailChars);
  return `${head}\n${tail}`;
}

/** Looks at every eighth character first: only where six of them in a row are filler can there be much padding. */
function unpadded(text: string): string {
  let fillers = 0;
  for (let index = 0; index < text.length; index += SAMPLE) {
    fillers = isFiller(text.charCodeAt(index)) ? fillers + 1 : 0;
    if (fillers === SAMPLES_IN_A_ROW) return text.replace(PADDING, '\n');
  }
  return text;
}

const SAMPLE = 8;
const SAMPLES_IN_A_ROW = 6;

/** Without the blanks, dots and dashes at both ends: they say nothing, and padding consists of them. */
function trimFiller(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isFiller(text.charCodeAt(start))) start += 1;
  while (end > start && isFiller(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isFiller(code: number): boolean {
  switch (code) {
    case 0x20:
    case 0x09:
    case 0x0a:
    case 0x0d:
    case 0x21: // !
    case 0x2a: // *
    case 0x2d: // -
    case 0x2e: // .
    case 0x3d: // =
    case 0x5f: // _
    case 0x7e: // ~
    case 0xa0:
    case 0xb7:
    case 0x2013:
    case 0x2014:
    case 0x2022:
    case 0x2026:
    case 0x3000:
    case 0x3002:
      return true;
    default:
      return false;
  }
}
