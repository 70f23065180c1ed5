// Judges a draft while it is held: bad as soon as its beginning shows a fault, good when the hold ends without one.
// The beginning is looked at when it reaches fixed lengths, so the verdict does not depend on how it was cut into
// events, and the work is bounded: eleven looks at no more than two thousand units.

import type { DraftFault, DraftVerdict } from '../../protocol/answer-check.ts';
import type { AnswerEvent } from '../../protocol/upstream-event.ts';
import type { CheckedQuestion } from './draft.ts';
import { prefixFault } from './prefix-fault.ts';
import { type QuestionTraits, traitsOf } from './question-traits.ts';
import { ShownText } from './shown-text.ts';
import { bad, GOOD } from './verdict.ts';

/** UTF-16 units. Dense at first: most refusals say so in their first sentence. */
const LOOKS = [40, 80, 120, 180, 260, 360, 500, 750, 1_100, 1_500, 2_000] as const;

/** As many as are looked at; a little more when the last event brings several. */
const MAX_LOGPROBS = 64;

export class PrefixCheck {
  readonly #traits: QuestionTraits;
  readonly #shown = new ShownText(LOOKS.at(-1) ?? 0);
  #looks = 0;
  #hasEnded = false;
  #callsTools = false;
  #fault: DraftFault | null = null;
  readonly #logprobs: number[] = [];

  constructor(question: CheckedQuestion) {
    this.#traits = traitsOf(question);
  }

  /** Bad once a fault is certain; nothing makes it good again. */
  take(events: readonly AnswerEvent[]): DraftVerdict | 'undecided' {
    for (const event of events) this.#note(event);
    return this.#fault === null ? 'undecided' : bad(this.#fault);
  }

  /** The hold is over or the draft has ended: what is not bad is good. */
  decide(): DraftVerdict {
    const { text } = this.#shown;
    // What stands beside a tool call is a remark.
    if (!this.#callsTools) {
      if (this.#hasEnded && text.trim() === '') this.#fault ??= 'empty';
      this.#fault ??= this.#look(text, this.#hasEnded);
    }
    return this.#fault === null ? GOOD : bad(this.#fault);
  }

  #note(event: AnswerEvent): void {
    if (this.#fault !== null) return;
    switch (event.type) {
      case 'text_delta':
        this.#shown.take(event.text);
        this.#lookAtNewLengths();
        return;
      case 'logprobs':
        if (this.#logprobs.length < MAX_LOGPROBS) this.#logprobs.push(...event.values);
        return;
      case 'tool_start':
        this.#callsTools = true;
        return;
      case 'finish':
        this.#hasEnded = true;
        if (event.reason === 'content_filter') this.#fault = 'refusal';
        return;
      case 'failure':
        this.#fault = 'upstream_failed';
        return;
      case 'thinking':
      case 'thinking_part':
      case 'tool_delta':
      case 'tool_end':
      case 'resume_point':
      case 'status':
      case 'route_changed':
        return;
    }
  }

  #lookAtNewLengths(): void {
    const { text } = this.#shown;
    for (let length = LOOKS[this.#looks]; length !== undefined && text.length >= length;) {
      this.#fault = this.#look(text.slice(0, length), false);
      if (this.#fault !== null) return;
      this.#looks += 1;
      length = LOOKS[this.#looks];
    }
  }

  #look(text: string, isComplete: boolean): DraftFault | null {
    return prefixFault(this.#traits, {
      text,
      isComplete,
      logprobs: this.#logprobs.length === 0 ? null : this.#logprobs,
    });
  }
}
