// One streamed answer and the person who reads it: drops and comes back, reads along in a second tab, stops it, or
// leaves for good. A connection that breaks by itself is taken up again, as real clients do.
// Invariant: an answer counts as read to its end only after a terminal frame.

import { setTimeout as sleep } from 'node:timers/promises';
import { readChatFrame } from './chat-frame.ts';
import { keyHeaders } from './chat-request.ts';
import { FrameLedger } from './frame-ledger.ts';
import type { Behaviour } from './plan-traffic.ts';
import { readFrames, type Frame, type ReadingEnd } from './read-frames.ts';

export type StreamedAnswer = {
  readonly base: string;
  readonly streamId: string;
  readonly isResumable: boolean;
  readonly startedMs: number;
  readonly signal: AbortSignal;
};

/** Between reads of a slow reader. */
const SLOW_READ_MS = 60;

/** After a break that was not the reader's wish. */
const MAX_RECONNECTS = 3;
const RECONNECT_MS = 500;

export class StreamReader {
  readonly #answer: StreamedAnswer;
  readonly #behaviour: Behaviour;
  readonly #ledger = new FrameLedger();
  readonly #besides: Promise<void>[] = [];
  #second: FrameLedger | null = null;
  #isEnded = false;
  #dropsLeft: number;
  #nextActAt: number;
  text = '';
  failure: string | null = null;
  ttftMs: number | null = null;
  resumes = 0;
  hasLeft = false;
  hasStopped = false;

  constructor(answer: StreamedAnswer, behaviour: Behaviour) {
    this.#answer = answer;
    this.#behaviour = behaviour;
    this.#dropsLeft = behaviour.type === 'resumes' ? behaviour.times : 0;
    this.#nextActAt = behaviour.afterFrames;
  }

  get missing(): number {
    return this.#ledger.missing + (this.#second?.missing ?? 0);
  }

  get duplicates(): number {
    return this.#ledger.duplicates + (this.#second?.duplicates ?? 0);
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get hasSecondReader(): boolean {
    return this.#second !== null;
  }

  async read(response: Response): Promise<void> {
    let end = await this.#readOnce(response);
    for (let breaks = 0; !this.#isEnded && !this.hasLeft && this.#answer.isResumable;) {
      if (end !== 'left') breaks += 1;
      if (breaks > MAX_RECONNECTS) break;
      await sleep(this.#offlineMs(end));
      const resumed = await this.#follow(this.#ledger.lastId);
      if (resumed === null) break;
      this.resumes += 1;
      end = await this.#readOnce(resumed);
    }
    await Promise.all(this.#besides);
  }

  #readOnce(response: Response): Promise<ReadingEnd> {
    const pauseMs = this.#behaviour.type === 'slow' ? SLOW_READ_MS : 0;
    return readFrames(response, { pauseMs, take: (frame) => this.#take(frame) });
  }

  #take({ id, data }: Frame): boolean {
    this.#ledger.receive(id);
    const { text, isContent, isEnd, failure } = readChatFrame(data);
    this.text += text;
    if (isContent) this.ttftMs ??= Date.now() - this.#answer.startedMs;
    this.failure ??= failure;
    this.#isEnded ||= isEnd;
    const isTime = !this.#isEnded && this.#ledger.frames >= this.#nextActAt && this.#ledger.frames > 0;
    return isTime ? this.#act() : true;
  }

  /** False: the reader goes away, for a while or for good. */
  #act(): boolean {
    const { type, afterFrames } = this.#behaviour;
    this.#nextActAt = Infinity;
    switch (type) {
      case 'reads':
      case 'slow':
        return true;
      case 'second_reader':
        this.#besides.push(this.#readBeside());
        return true;
      case 'stops':
        this.#besides.push(this.#stop());
        return true;
      case 'leaves':
        this.hasLeft = true;
        return false;
      case 'resumes':
        this.#dropsLeft -= 1;
        if (this.#dropsLeft > 0) this.#nextActAt = this.#ledger.frames + afterFrames;
        return false;
    }
  }

  async #readBeside(): Promise<void> {
    const response = await this.#follow(null);
    if (response === null) return;
    const ledger = new FrameLedger();
    this.#second = ledger;
    await readFrames(response, {
      pauseMs: 0,
      take: ({ id }) => {
        ledger.receive(id);
        return true;
      },
    });
  }

  async #stop(): Promise<void> {
    const { base, streamId, signal } = this.#answer;
    const url = `${base}/v1/streams/${streamId}/stop`;
    const stopped = await fetch(url, { method: 'POST', headers: keyHeaders(), signal }).catch(() => null);
    this.hasStopped = stopped?.status === 204;
  }

  /** Null: it cannot be followed (any more). */
  async #follow(lastId: string | null): Promise<Response | null> {
    const { base, streamId, signal } = this.#answer;
    const headers = { ...keyHeaders(), ...(lastId === null ? {} : { 'last-event-id': lastId }) };
    const url = `${base}/v1/streams/${streamId}?format=chat`;
    const response = await fetch(url, { headers, signal }).catch(() => null);
    if (response === null || response.status === 200) return response;
    await response.body?.cancel();
    return null;
  }

  #offlineMs(end: ReadingEnd): number {
    return this.#behaviour.type === 'resumes' && end === 'left' ? this.#behaviour.offlineMs : RECONNECT_MS;
  }
}
