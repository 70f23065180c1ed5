// The text of a continuation on its way to the reader: held back until it is known where the new text begins, then passed.
// What comes out depends on the text alone and not on its pieces: decisions are made at fixed lengths.
// A document is held to its end, because only the whole can be judged.

import type { FinishReason } from '../../protocol/events.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { isTruncated } from '../answer-check/truncation.ts';
import { documentRest, withoutCommon } from './document-join.ts';
import { looseEndOf } from './squeezed.ts';
import { JoinSearch, type TextJoin } from './text-join.ts';

export type TextFault = 'diverged' | 'refused' | 'empty' | 'invalid_json';

export type TextEnd = Exclude<FinishReason, 'stopped'>;

export type TextStep = { readonly text: string; readonly fault: TextFault | null };

/** Four tokens, in UTF-16 units; a longer hold is looked at less often, so that the work stays in proportion. */
const STEP_UNITS = 16;
const STEP_SHARE = 1 / 16;

/** Held of a document, or beyond the length of an answer that is begun again: more than any model writes. */
const MAX_HELD_UNITS = 256 * 1024;

const SENTENCE_END = /[.!?…。！？؟।)\]}"'»”’`*_|>]$/;

const NOTHING: TextStep = { text: '', fault: null };

type Held = { readonly text: string; readonly at: number; readonly next: TextEnd | undefined };

export class TextSeam {
  readonly #said: string;
  readonly #looseEnd: string;
  readonly #document: JsonObject | null;
  readonly #search: JoinSearch;
  #held = '';
  #looked = STEP_UNITS;
  #isPassing = false;
  #isRepetition = false;
  /** What of the loose end may still come again. */
  #owed: string;
  /** White space before the first word, or half a character. */
  #kept = '';
  #hasText = false;

  constructor(partialText: string, kind: 'prefill' | 'anchor', document: JsonObject | null) {
    this.#looseEnd = looseEndOf(partialText);
    this.#said = partialText.slice(0, partialText.length - this.#looseEnd.length);
    this.#owed = this.#looseEnd;
    this.#document = document;
    this.#search = new JoinSearch(this.#said, this.#looseEnd, kind);
  }

  take(text: string): TextStep {
    if (this.#isPassing) return { text: this.#pass(text), fault: null };
    this.#held += text;
    if (this.#held.length > MAX_HELD_UNITS + this.#said.length) return { text: '', fault: 'diverged' };
    while (this.#document === null && this.#held.length >= this.#looked) {
      const join = this.#search.find(this.#held.slice(0, this.#looked), false);
      this.#looked += Math.max(STEP_UNITS, Math.floor(this.#looked * STEP_SHARE));
      if (join !== 'wait') return this.#settle(join);
    }
    return NOTHING;
  }

  /** @param next - what follows the text: the end of the answer, or a tool call */
  end(next: TextEnd): TextStep {
    // A document that is begun again may come as a code block.
    if (this.#document !== null) this.#held = this.#held.replace(/^\s*```\w*\n/, '');
    const settled = this.#isPassing ? NOTHING : this.#settle(this.#search.find(this.#held, true), next);
    if (settled.fault !== null) return settled;
    if (next === 'stop' && !this.#hasText && !this.#isFinished()) return { text: '', fault: 'empty' };
    const text = settled.text + this.#kept;
    this.#kept = '';
    return { text, fault: null };
  }

  #settle(join: TextJoin, next?: TextEnd): TextStep {
    this.#isPassing = true;
    const at = typeof join === 'number' ? join : 0;
    const text = this.#held;
    this.#held = '';
    if (this.#document !== null) return this.#complete(this.#document, { text, at, next });
    if (typeof join === 'string' && join !== 'wait') return { text: '', fault: join };
    this.#isRepetition = at > 0;
    return { text: this.#pass(text.slice(at)), fault: null };
  }

  #complete(document: JsonObject, { text, at, next }: Held): TextStep {
    const rest = documentRest(document, { said: this.#said, looseEnd: this.#looseEnd, text, at });
    this.#hasText = true;
    if (rest !== null) return { text: rest, fault: null };
    // Cut by a limit, and said so: no document is expected.
    if (next !== 'length' && next !== 'content_filter') return { text: '', fault: 'invalid_json' };
    return { text: withoutCommon(this.#looseEnd, text.slice(at)), fault: null };
  }

  #pass(text: string): string {
    let at = 0;
    while (at < text.length && at < this.#owed.length && text.charAt(at) === this.#owed.charAt(at)) at += 1;
    this.#owed = at === text.length ? this.#owed.slice(at) : '';
    const rest = this.#kept + text.slice(at);
    this.#hasText ||= rest.trim() !== '';
    const end = !this.#hasText ? 0 : /[\ud800-\udbff]$/.test(rest) ? rest.length - 1 : rest.length;
    this.#kept = rest.slice(end);
    return rest.slice(0, end);
  }

  /** Nothing was left to say. A model that repeated the last words and stopped is believed sooner than one that says nothing. */
  #isFinished(): boolean {
    const draft = { text: this.#said, toolCalls: [], finishReason: 'stop' } as const;
    if (isTruncated({ userText: '', tools: [], maxOutputTokens: null }, draft)) return false;
    return this.#isRepetition || SENTENCE_END.test(this.#said);
  }
}
