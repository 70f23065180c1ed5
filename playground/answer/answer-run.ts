// One answer from its question to its end: asks, follows the stream, folds its events, and tells whoever draws it once per
// frame. Everything that can be done to an answer while it runs is here: stop it, cut its connection.

import type { StreamEvent } from '../stream/wire-events.ts';
import { type ApiProblem, callApi } from '../../web/api-client.ts';
import { ChatEvents } from '../stream/chat-events.ts';
import type { Connection } from '../stream/connection.ts';
import { type Frame, type Pace, readFrames } from '../stream/read-frames.ts';
import { countFrame, countReset, seqOf } from '../stream/sequence-count.ts';
import { type Question, startGeneration, type Started } from '../stream/start-generation.ts';
import { StreamFollower } from '../stream/stream-follower.ts';
import { streamIdIn } from '../stream/stream-link.ts';
import {
  type AnswerEnd,
  type AnswerState,
  applyEvent,
  applyReset,
  newAnswer,
  withNote,
} from './answer-state.ts';
import { NextFrame } from './next-frame.ts';
import { RenderLag } from './render-lag.ts';

/** Where an answer comes from: a question of this tab, or a stream that exists already. */
export type AnswerSource =
  | { readonly type: 'ask'; readonly question: Question; readonly prefix: string }
  | { readonly type: 'follow'; readonly path: string; readonly key: string | null; readonly prefix: string }
  /** Of this tab's history; nothing is asked. */
  | { readonly type: 'kept'; readonly state: AnswerState; readonly path: string | null };

export class AnswerRun {
  readonly source: AnswerSource;
  readonly #pace: Pace;
  readonly #listeners = new Set<() => void>();
  readonly #asking = new AbortController();
  readonly #lag = new RenderLag();
  readonly #frame = new NextFrame(
    () => this.#draw(),
    () => this.#lag.painted(performance.now()),
  );
  #state: AnswerState;
  #path: string | null;
  #streamId: string | null = null;
  #follower: StreamFollower | null = null;

  constructor(source: AnswerSource, pace: Pace) {
    this.source = source;
    this.#pace = pace;
    this.#state = source.type === 'kept' ? source.state : newAnswer(performance.now(), source.prefix);
    this.#path = source.type === 'ask' ? null : source.path;
    if (this.#path !== null) this.#streamId = streamIdIn(this.#path);
  }

  get state(): AnswerState {
    return this.#state;
  }

  /** Of the typed stream with its ticket: what a second tab needs. Null until the server has told it. */
  get path(): string | null {
    return this.#path;
  }

  get streamId(): string | null {
    return this.#streamId;
  }

  get isRunning(): boolean {
    return this.#state.end === null;
  }

  /** @returns what takes the listener away again */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves at the end of the answer; never rejects. */
  async run(): Promise<void> {
    if (this.source.type === 'kept') return;
    if (this.source.type === 'ask') await this.#ask(this.source.question);
    else await this.#follow(this.source.path, this.source.key);
    void this.#report();
  }

  /** Ends the generation at the server; what was said stays. */
  async stop(): Promise<void> {
    if (this.#path === null) {
      // Before its head the server is at work already: `#ask` stops it as soon as it has told which stream that is.
      // Without a log, leaving is all there is.
      this.#end({ type: 'left' });
      this.leave();
      return;
    }
    const stopped = await callApi({
      path: `/v1/streams/${this.#streamId}/stop`,
      key: this.#key(),
      method: 'POST',
    });
    if (!stopped.ok) this.#change(withNote(this.#state, `Not stopped: ${stopped.problem.message}`));
  }

  /** Breaks this tab's connection; the answer goes on at the server. */
  cut(forMs: number): void {
    this.#follower?.cut(forMs);
  }

  /** Leaves the stream alone: nobody looks any more. */
  leave(): void {
    if (this.#streamId !== null) this.#asking.abort();
    this.#follower?.close();
  }

  async #ask(question: Question): Promise<void> {
    const started = await startGeneration(question, this.#asking.signal);
    if (!started.ok) {
      if (this.isRunning) this.#end({ type: 'refused', problem: started.problem });
      return;
    }
    const { streamId, path } = started.value;
    this.#path = path;
    this.#streamId = streamId;
    if (!this.isRunning) {
      await this.stop();
      return;
    }
    this.#change(this.#state);
    if (path === null) await this.#readOnce(started.value);
    else await this.#follow(path, question.key);
  }

  async #follow(path: string, key: string | null): Promise<void> {
    const follower = new StreamFollower({
      path,
      key,
      pace: this.#pace,
      onFrame: (frame) => this.#take(frame),
      onConnection: (connection) => this.#connected(connection),
      onProblem: (problem) => this.#end({ type: 'refused', problem }),
    });
    this.#follower = follower;
    await follower.run();
  }

  /** An answer without a log: its one connection is all there is. */
  async #readOnce({ response }: Started): Promise<void> {
    const events = new ChatEvents();
    this.#change(withNote(this.#state, 'This answer has no log: it cannot be resumed or followed.'));
    try {
      for await (const frame of readFrames(response, this.#pace)) {
        for (const event of events.read(frame)) this.#apply(event);
      }
    } catch {
      // What came stays; the sentence below says that it is not the whole.
    }
    if (this.#state.end === null) this.#end({ type: 'refused', problem: CUT_OFF });
  }

  #take(frame: Frame): void {
    const seq = frame.id === null ? null : seqOf(frame.id);
    if (frame.event === 'reset') {
      const reset = JSON.parse(frame.data) as { readonly truncate_to: number; readonly text: string };
      const count = countReset(this.#state.count, reset.truncate_to);
      this.#change({ ...applyReset(this.#state, reset.text), count });
      return;
    }
    if (seq !== null) this.#change({ ...this.#state, count: countFrame(this.#state.count, seq) });
    // The router's events are the union's by the wire contract; nothing else has an id.
    this.#apply(JSON.parse(frame.data) as StreamEvent);
  }

  #apply(event: StreamEvent): void {
    const nowMs = performance.now();
    this.#lag.arrived(nowMs);
    this.#change(applyEvent(this.#state, event, nowMs));
  }

  #connected(connection: Connection): void {
    const noted = { ...this.#state, connection };
    if (connection.type === 'cut') {
      this.#change(withNote(noted, `Connection cut at seq ${connection.afterSeq ?? '–'}.`));
    } else if (connection.type === 'open' && this.#state.count.last !== null) {
      this.#change(withNote(noted, `Connected again after seq ${this.#state.count.last}.`));
    } else {
      this.#change(noted);
    }
  }

  #end(end: AnswerEnd): void {
    this.#change({ ...this.#state, end, connection: { type: 'closed' } });
  }

  #change(state: AnswerState): void {
    this.#state = state;
    this.#frame.plan();
  }

  #draw(): void {
    if (document.hidden) this.#lag.forget();
    else this.#lag.drawn();
    for (const listener of this.#listeners) listener();
  }

  /** What people saw is part of the statistics. A server that does not take it is no reason to bother anybody. */
  async #report(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, AFTER_LAST_PAINT_MS));
    const p95Ms = this.#lag.p95();
    if (p95Ms === null || this.#streamId === null) return;
    this.#change({ ...this.#state, renderLagMs: p95Ms });
    if (this.#path === null) return;
    await callApi({
      path: this.#path.replace('?', '/report?'),
      key: this.#key(),
      body: { render_lag_ms: Math.round(p95Ms * 10) / 10 },
    });
  }

  #key(): string | null {
    if (this.source.type === 'ask') return this.source.question.key;
    return this.source.type === 'follow' ? this.source.key : null;
  }
}

/** The last piece is painted within a frame or two. */
const AFTER_LAST_PAINT_MS = 100;

const CUT_OFF: ApiProblem = {
  status: 0,
  code: 'cut_off',
  message: 'The connection broke, and this answer has no log to go on from. Regenerate it.',
  param: null,
  retryAfterMs: null,
};
