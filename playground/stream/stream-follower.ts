// Follows one stream to its end over as many connections as that takes. Every connection asks for everything after the
// last id that was seen; a broken one is retried with backoff, one that was cut on purpose after the time that was chosen.

import { type ApiProblem, openApi } from '../../web/api-client.ts';
import type { Connection } from './connection.ts';
import { type Frame, type Pace, readFrames } from './read-frames.ts';
import { reconnectDelayMs } from './reconnect-delay.ts';
import { seqOf } from './sequence-count.ts';

export type FollowedStream = {
  /** Of the typed format, with its ticket. */
  readonly path: string;
  readonly key: string | null;
  readonly pace: Pace;
  readonly onFrame: (frame: Frame) => void;
  readonly onConnection: (connection: Connection) => void;
  /** Nothing more will come: the stream cannot be read. */
  readonly onProblem: (problem: ApiProblem) => void;
};

/** Three heartbeats of the server: a line that says nothing for longer is dead, though nobody has told the browser. */
const SILENCE_MS = 35_000;

/** About half a minute of failures in a row. */
const MAX_ATTEMPTS = 8;

type Outcome =
  | { readonly type: 'over' }
  | { readonly type: 'cut'; readonly forMs: number }
  | { readonly type: 'lost'; readonly retryAfterMs: number | null; readonly problem: ApiProblem | null }
  | { readonly type: 'refused'; readonly problem: ApiProblem };

const BROKEN = { type: 'lost', retryAfterMs: null, problem: null } as const;

export class StreamFollower {
  readonly #stream: FollowedStream;
  #connection = new AbortController();
  #cutForMs: number | null = null;
  #isOpen = false;
  #isClosed = false;
  #attempt = 0;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #lastId: string | null = null;

  constructor(stream: FollowedStream) {
    this.#stream = stream;
  }

  /** Resolves when nothing more will come, or nobody wants it. */
  async run(): Promise<void> {
    while (!this.#isClosed) {
      const outcome = await this.#connect();
      if (outcome.type === 'over' || this.#isClosed) break;
      if (outcome.type === 'refused' || (outcome.type === 'lost' && this.#attempt >= MAX_ATTEMPTS)) {
        const { problem } = outcome;
        this.#stream.onProblem(problem === null || problem.status === 0 ? CONNECTION_LOST : problem);
        break;
      }
      await this.#pause(outcome);
    }
    this.#stream.onConnection({ type: 'closed' });
  }

  /** Breaks the connection now, in the middle of whatever is on its way, and comes back later. */
  cut(forMs: number): void {
    if (!this.#isOpen) return;
    this.#cutForMs = forMs;
    this.#connection.abort();
  }

  close(): void {
    this.#isClosed = true;
    this.#connection.abort();
  }

  async #connect(): Promise<Outcome> {
    const { path, key, onConnection } = this.#stream;
    this.#connection = new AbortController();
    onConnection({ type: 'connecting' });
    const opened = await openApi({
      path,
      key,
      headers: {
        accept: 'text/event-stream',
        ...(this.#lastId === null ? {} : { 'last-event-id': this.#lastId }),
      },
      signal: this.#connection.signal,
    });
    if (!opened.ok) return this.#cutOr(outcomeOf(opened.problem));
    if (opened.value.status === 204) return { type: 'over' };
    onConnection({ type: 'open' });
    this.#isOpen = true;
    try {
      return this.#cutOr(await this.#read(opened.value));
    } catch {
      // The connection broke: the answer is safe in its log, and the next connection goes on.
      return this.#cutOr(BROKEN);
    } finally {
      clearTimeout(this.#silence);
      this.#isOpen = false;
    }
  }

  #hear(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#connection.abort(), SILENCE_MS);
  }

  async #read(response: Response): Promise<Outcome> {
    this.#hear();
    for await (const frame of readFrames(response, this.#stream.pace, () => this.#hear())) {
      this.#hear();
      // What was read ahead of the cut counts as lost with the connection.
      if (this.#connection.signal.aborted) return BROKEN;
      if (frame.event === 'busy') return { ...BROKEN, retryAfterMs: retryAfterOf(frame) };
      this.#stream.onFrame(frame);
      // Only a frame that could be read is progress: one that cannot be is asked for again, but not for ever.
      this.#attempt = 0;
      if (frame.id !== null) this.#lastId = frame.id;
      if (frame.event === 'done' || frame.event === 'failed') return { type: 'over' };
    }
    return BROKEN;
  }

  /** A cut looks like any broken connection from inside, and it is one. */
  #cutOr(outcome: Outcome): Outcome {
    const forMs = this.#cutForMs;
    this.#cutForMs = null;
    return forMs === null || outcome.type === 'over' ? outcome : { type: 'cut', forMs };
  }

  async #pause(outcome: Extract<Outcome, { type: 'cut' | 'lost' }>): Promise<void> {
    const afterSeq = this.#lastId === null ? null : seqOf(this.#lastId);
    if (outcome.type === 'cut') {
      this.#stream.onConnection({ type: 'cut', afterSeq, forMs: outcome.forMs });
      await passing(outcome.forMs);
      return;
    }
    this.#attempt += 1;
    const forMs = outcome.retryAfterMs ?? reconnectDelayMs(this.#attempt, Math.random());
    this.#stream.onConnection({ type: 'lost', afterSeq, attempt: this.#attempt, forMs });
    await passing(forMs);
  }
}

const CONNECTION_LOST: ApiProblem = {
  status: 0,
  code: 'connection_lost',
  message: 'The connection broke too often in a row. The answer is kept at the server.',
  param: null,
  retryAfterMs: null,
};

/** What a later try may not meet is tried again; everything else is final. */
function outcomeOf(problem: ApiProblem): Outcome {
  return mayPass(problem)
    ? { type: 'lost', retryAfterMs: problem.retryAfterMs, problem }
    : { type: 'refused', problem };
}

export function mayPass({ status }: ApiProblem): boolean {
  return status === 0 || status === 429 || status >= 500;
}

function retryAfterOf({ data }: Frame): number {
  return (JSON.parse(data) as { readonly retry_after_ms: number }).retry_after_ms;
}

function passing(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
