// A model server whose every call is known beforehand: the question carries a number, and under it stand the plays of its
// calls, in order. It counts the calls of each question, which is a truth that the product has no part in.

import { startHeldUpstream, type HeldCall } from './held-upstream.ts';

export type Play = (call: HeldCall) => void | Promise<void>;

/** As an upstream tells it. */
export type ToldUsage = { readonly input: number; readonly output: number; readonly cached: number };

export class NumberedUpstream {
  readonly url: string;
  readonly #plays = new Map<number, readonly Play[]>();
  readonly #calls = new Map<number, HeldCall[]>();
  readonly #dispose: () => Promise<void>;

  private constructor(url: string, dispose: () => Promise<void>) {
    this.url = url;
    this.#dispose = dispose;
  }

  static async start(): Promise<NumberedUpstream> {
    const held = await startHeldUpstream();
    const upstream = new NumberedUpstream(held.url, () => held.dispose());
    held.play((call) => upstream.#play(call));
    return upstream;
  }

  /** @param plays - one for each call; the last one also for all that follow */
  expect(number: number, ...plays: readonly Play[]): void {
    this.#plays.set(number, plays);
    this.#calls.set(number, []);
  }

  callsOf(number: number): readonly HeldCall[] {
    return this.#calls.get(number) ?? [];
  }

  dispose(): Promise<void> {
    return this.#dispose();
  }

  #play(call: HeldCall): void {
    const number = Number(/Question (\d+)/.exec(JSON.stringify(call.body.messages))?.[1]);
    const calls = this.#calls.get(number) ?? [];
    const plays = this.#plays.get(number) ?? [];
    const play = plays[Math.min(calls.length, plays.length - 1)];
    calls.push(call);
    if (play === undefined) call.refuse(500, { error: `no play for ${number}` });
    else void Promise.resolve(play(call)).catch(() => call.reset());
  }
}

/** A connection that is kept may close just when the next call takes it: a failover that no script has made. */
const CLOSE = { connection: 'close' };

function opens(call: HeldCall): void {
  call.head(CLOSE);
}

/** All of the same shape, so that every prompt has the same estimate. */
export function questionOf(number: number): string {
  return `Question ${number}: what is there to see in the old town by the harbour?`;
}

/** Null: an upstream that tells no usage. */
export function finishes(call: HeldCall, usage: ToldUsage | null, reason = 'stop'): void {
  opens(call);
  if (usage === null) call.finish(reason, null);
  else
    call.finish(reason, {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
      prompt_tokens_details: { cached_tokens: usage.cached },
    });
}

/** The delay before the first piece is the upstream's own: a model thinks. */
export function answers(pieces: readonly string[], usage: ToldUsage | null, delayMs = 0): Play {
  return async (call) => {
    await thinks(delayMs);
    opens(call);
    call.text(...pieces);
    finishes(call, usage);
  };
}

export function refuses(status: number): Play {
  return (call) => call.refuse(status, { error: { message: 'scripted' } }, CLOSE);
}

/** Says the first part, then waits: the test says when it goes on. */
export function pauses(first: string, goesOn: Promise<void>, then: Play): Play {
  return async (call) => {
    opens(call);
    call.text(first);
    await goesOn;
    await then(call);
  };
}

/** Goes on right behind the last words that were quoted to it, as a model does that was asked to. */
export function continues(rest: string, usage: ToldUsage): Play {
  return (call) => {
    const instruction = JSON.stringify(call.body.messages.at(-1));
    const { content } = JSON.parse(instruction) as { readonly content: string };
    opens(call);
    call.text(`${/<last>(.*)<\/last>/s.exec(content)?.[1] ?? ''}${rest}`);
    finishes(call, usage);
  };
}

function thinks(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
