// Tool calls of an answer that was asked for once more. What was sent of the lost calls stands: the new answer must start the
// same tools in the same order and repeat every character of their arguments, and only what is beyond them goes out.

import type { ToolDeltaEvent, ToolEndEvent, ToolStartEvent } from '../../protocol/events.ts';
import type { PartialToolCall } from './partial-answer.ts';

type ToolEvent = ToolStartEvent | ToolDeltaEvent | ToolEndEvent;

export class ToolSeam {
  readonly #lost: ReadonlyMap<number, PartialToolCall>;
  /** Arguments of the lost calls as the new answer gives them. */
  readonly #args = new Map<number, string>();

  constructor(lost: readonly PartialToolCall[]) {
    this.#lost = new Map(lost.map((call) => [call.index, call]));
  }

  /** Every lost call was given again, as far as it had come. */
  get isCaughtUp(): boolean {
    return [...this.#lost.values()].every(
      ({ index, args }) => (this.#args.get(index)?.length ?? -1) >= args.length,
    );
  }

  /** The event to send, null for none, or that the answer is another one. */
  take(event: ToolEvent): ToolEvent | null | 'mismatch' {
    const lost = this.#lost.get(event.index);
    if (lost === undefined) return event;
    if (event.type === 'tool_end') return this.#end(event, lost);
    if (event.type === 'tool_start' && event.tool !== lost.name) return 'mismatch';
    const before = this.#args.get(event.index) ?? '';
    const args = before + event.args;
    this.#args.set(event.index, args);
    const common = Math.min(args.length, lost.args.length);
    if (args.slice(0, common) !== lost.args.slice(0, common)) return 'mismatch';
    const rest = args.slice(Math.max(before.length, lost.args.length));
    if (rest === '') return null;
    return lost.ended ? 'mismatch' : { type: 'tool_delta', index: event.index, args: rest };
  }

  #end(event: ToolEndEvent, lost: PartialToolCall): ToolEvent | null | 'mismatch' {
    if ((this.#args.get(event.index)?.length ?? -1) < lost.args.length) return 'mismatch';
    return lost.ended ? null : event;
  }
}
