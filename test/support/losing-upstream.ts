// A model server that loses answers: to each question it gives a number of tokens, and is lost when the test says so. Asked
// to go on, it does so faithfully.

import { askedIn, faithful, type SentMessage } from './continuing-models.ts';
import { startHeldUpstream, type HeldCall, type HeldUpstream } from './held-upstream.ts';
import { SCRIPTED_ANSWERS, tokensOf } from './scripted-answers.ts';

/** What the user's message says, as JSON. */
export type Loss = {
  /** Name of a scripted answer. */
  readonly answer: string;
  /** So many tokens come before the loss. */
  readonly tokens: number;
  /** No other question has it. */
  readonly ask: string;
};

/** As the pure tests cut them, so that a loss here is one of theirs. */
const TOKEN_SEED = 7;

/** A busy router reads up to 8 KiB at once: with so much behind them no token waits for company. */
const PUSHING = ': keep-alive\n\n'.repeat(1024);

export class LosingUpstream {
  readonly held: HeldUpstream;
  readonly #calls = new Map<string, HeldCall[]>();

  private constructor(held: HeldUpstream) {
    this.held = held;
    held.play((call) => this.#play(call));
  }

  static async start(): Promise<LosingUpstream> {
    return new LosingUpstream(await startHeldUpstream());
  }

  /** The calls for one question, in order. */
  callsOf(ask: string): readonly HeldCall[] {
    return this.#calls.get(ask) ?? [];
  }

  /** The reader has all that came before the loss: it happens. */
  lose(ask: string): void {
    this.callsOf(ask)[0]?.reset();
  }

  dispose(): Promise<void> {
    return this.held.dispose();
  }

  #play(call: HeldCall): void {
    const messages = messagesOf(call);
    const loss = lossIn(messages);
    if (loss === null) return;
    const calls = [...this.callsOf(loss.ask), call];
    this.#calls.set(loss.ask, calls);
    const whole = wholeOf(loss);
    const asked = askedIn(messages);
    const pieces =
      asked === null ? tokensOf(whole, TOKEN_SEED) : tokensOf(faithful(asked, whole, 0), calls.length);
    if (calls.length > 1) {
      call.text(...pieces);
      call.finish();
      return;
    }
    call.text(...pieces.slice(0, loss.tokens));
    call.raw(PUSHING);
  }
}

export function wholeOf({ answer }: Pick<Loss, 'answer'>): string {
  const found = SCRIPTED_ANSWERS.find(({ name }) => name === answer);
  if (found === undefined) throw new Error(`no scripted answer ${answer}`);
  return found.text;
}

/** What is sent of it before it is lost for the first time. */
export function lostPartOf(loss: Pick<Loss, 'answer' | 'tokens'>): string {
  return tokensOf(wholeOf(loss), TOKEN_SEED).slice(0, loss.tokens).join('');
}

function messagesOf({ body }: HeldCall): readonly SentMessage[] {
  return body.messages as readonly SentMessage[]; // a test's own view of what the product has sent
}

/** Null for a call that another test plays by hand. */
function lossIn(messages: readonly SentMessage[]): Loss | null {
  const content = messages.find(({ role }) => role === 'user')?.content;
  if (typeof content !== 'string' || !content.startsWith('{"answer":')) return null;
  return JSON.parse(content) as Loss;
}
