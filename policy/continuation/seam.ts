// The seam between a lost answer and its continuation: takes what the new call decodes to and lets through what the
// reader has not had yet. After a fault nothing comes; what came before it stands.

import type { ContentEvent } from '../../protocol/events.ts';
import type { DecodedEvent, UpstreamEnd } from '../../protocol/upstream-event.ts';
import type { AskedContinuation } from './continuation-request.ts';
import type { PartialAnswer } from './partial-answer.ts';
import { TextSeam, type TextFault, type TextStep } from './text-seam.ts';
import { ToolSeam } from './tool-seam.ts';

export type SeamFault = TextFault | 'tool_mismatch';

export type SeamStep = { readonly emit: readonly DecodedEvent[]; readonly rejected: SeamFault | null };

type Finish = Extract<UpstreamEnd, { type: 'finish' }>;

export class Seam {
  readonly #text: TextSeam | null;
  readonly #tools: ToolSeam;
  readonly #hasTools: boolean;
  readonly #showsThinking: boolean;
  /** Text after the lost calls would come before them in the lost answer, and was said there. */
  readonly #dropsText: boolean;
  #hasNewTool = false;
  #hasNewText = false;
  #rejected: SeamFault | null = null;

  constructor(partial: PartialAnswer, { kind, document }: Pick<AskedContinuation, 'kind' | 'document'>) {
    const { text, toolCalls } = partial;
    this.#text = kind === 'again' ? null : new TextSeam(text, kind, document);
    this.#tools = new ToolSeam(toolCalls);
    this.#hasTools = toolCalls.length > 0;
    this.#dropsText = this.#hasTools && text.trim() !== '';
    // Thoughts in the middle of an answer explain nothing, and two signed blocks are taken back by nobody.
    this.#showsThinking = kind === 'again' && !partial.hasThinkingPart;
  }

  take(batch: readonly DecodedEvent[]): SeamStep {
    const emit: DecodedEvent[] = [];
    for (const event of batch) if (this.#rejected === null) this.#step(event, emit);
    return { emit, rejected: this.#rejected };
  }

  #step(event: DecodedEvent, emit: DecodedEvent[]): void {
    switch (event.type) {
      case 'text_delta':
        return this.#takeText(event, emit);
      case 'thinking':
      case 'thinking_part':
        if (this.#showsThinking) emit.push(event);
        return;
      case 'tool_start':
      case 'tool_delta':
      case 'tool_end':
        return this.#takeTool(event, emit);
      case 'finish':
        return this.#finish(event, emit);
      case 'failure':
      case 'logprobs':
      case 'resume_point':
        // What is held when the new call is lost too was never sure to fit.
        emit.push(event);
    }
  }

  #takeText(event: Extract<ContentEvent, { type: 'text_delta' }>, emit: DecodedEvent[]): void {
    if (this.#text !== null) return this.#show(this.#text.take(event.text), emit);
    if (this.#hasTools && (this.#dropsText || !this.#tools.isCaughtUp)) return;
    this.#hasNewText ||= event.text !== '';
    emit.push(event);
  }

  #takeTool(event: Extract<ContentEvent, { type: `tool_${string}` }>, emit: DecodedEvent[]): void {
    if (this.#text !== null && !this.#hasNewTool) this.#show(this.#text.end('tool_calls'), emit);
    this.#hasNewTool = true;
    if (this.#rejected !== null) return;
    const step = this.#tools.take(event);
    if (step === 'mismatch') this.#rejected = 'tool_mismatch';
    else if (step !== null) emit.push(step);
  }

  #finish(event: Finish, emit: DecodedEvent[]): void {
    if (this.#text !== null && !this.#hasNewTool) this.#show(this.#text.end(event.reason), emit);
    if (this.#rejected === null) this.#rejected = this.#faultAtEnd(event);
    if (this.#rejected === null) emit.push(event);
  }

  #faultAtEnd({ reason }: Finish): SeamFault | null {
    if (!this.#tools.isCaughtUp) return 'tool_mismatch';
    const isNothing = this.#text === null && !this.#hasNewText && !this.#hasNewTool;
    return isNothing && reason === 'stop' ? 'empty' : null;
  }

  #show({ text, fault }: TextStep, emit: DecodedEvent[]): void {
    if (text !== '') emit.push({ type: 'text_delta', text });
    this.#rejected = fault;
  }
}
