// The simulator of resumable streams: a seed makes one short life of one or two generations with their
// clients, connections, crashes and clock, and every step is checked against the truth. No timers and no
// I/O: thousands of lives a second. A failure names its seed; `runSchedule(core, seed)` plays it again.

import type { FormatLetter } from '../../protocol/cursor.ts';
import { MAX_EVENT_UNITS } from '../../replay/split-oversize.ts';
import { SimulatedClient, type ClientKind } from './replay-client.ts';
import type { ReplayCore } from './replay-core.ts';
import { doneEvent, randomEvent, ROUTE, upstreamFailure } from './replay-events.ts';
import { LiveGeneration, RETENTION_MS } from './replay-generation.ts';
import { Random } from './replay-random.ts';
import { FORMATS } from './replay-truth.ts';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const KINDS: readonly ClientKind[] = ['event_source', 'event_source', 'eager', 'poll'];
/** With production's limits an oversize event is large, so few schedules have one. */
const OVERSIZE_SCHEDULES = 0.01;
/** Pieces of a body in one drain: more means that it never ends. */
const MAX_DRAIN = 2000;
/** Requests of one client after the end: more means that it never learns of it. */
const MAX_RETURNS = 500;

/** Plays the schedule of `seed`; throws with the seed and the last commands when a promise is broken. */
export async function runSchedule(core: ReplayCore, seed: number): Promise<void> {
  const schedule = new Schedule(core, seed);
  try {
    await schedule.play();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`seed ${seed}: ${what}\nlast commands: ${schedule.trace.slice(-30).join(', ')}`, {
      cause: error,
    });
  }
}

class Schedule {
  readonly trace: string[] = [];
  readonly #core: ReplayCore;
  readonly #random: Random;
  readonly #oversize: number;
  readonly #generations: LiveGeneration[] = [];
  readonly #clients: SimulatedClient[] = [];
  readonly #mayExpire: boolean;
  #nowMs = 1_700_000_000_000;

  constructor(core: ReplayCore, seed: number) {
    const random = new Random(seed);
    this.#core = core;
    this.#random = random;
    const smallLimits = core.MAX_EVENT_UNITS < MAX_EVENT_UNITS;
    this.#oversize = smallLimits ? 0.08 : random.chance(OVERSIZE_SCHEDULES) ? 0.1 : 0;
    this.#mayExpire = random.chance(0.1);
    const generations = random.chance(0.3) ? 2 : 1;
    for (let at = 0; at < generations; at++) this.#addGeneration();
    for (let at = random.between(1, 4); at > 0; at--) this.#addClient();
  }

  async play(): Promise<void> {
    for (const generation of this.#generations) await generation.append([ROUTE]);
    for (let step = this.#random.between(15, 60); step > 0; step--) {
      await this.#step();
      for (const generation of this.#generations) generation.check();
    }
    this.trace.push('quiescence');
    for (const generation of this.#generations) await this.#settleGeneration(generation);
    this.#addFreshClients();
    for (const client of this.#clients) await this.#drain(client);
    for (const client of this.#clients) client.assertComplete();
    for (const generation of this.#generations) {
      this.#probeEnd(generation);
      this.#checkRetention(generation);
    }
  }

  async #step(): Promise<void> {
    const generation = this.#random.pick(this.#generations);
    const client = this.#random.pick(this.#clients);
    const roll = this.#random.below(100);
    if (roll < 45) await this.#reading(client, roll);
    else if (roll < 85) await this.#writing(generation, roll);
    else await this.#trouble(generation, client, roll);
  }

  async #reading(client: SimulatedClient, roll: number): Promise<void> {
    if (!client.connected) {
      this.#note(`connect ${client.name}`);
      client.connect();
    } else if (roll < 38) {
      const pieces = this.#random.between(1, 12);
      this.#note(`pump ${client.name} ×${pieces}`);
      for (let piece = 0; piece < pieces; piece++) await client.pump(this.#random.between(1, 40));
    } else {
      this.#note(`drain ${client.name}`);
      for (let piece = 0; piece < 20; piece++) await client.pump(this.#random.between(1, 4000));
    }
  }

  async #writing(generation: LiveGeneration, roll: number): Promise<void> {
    const { truth } = generation;
    if (generation.log === null) {
      this.#note('flush while restarting');
      await generation.flush(generation.disk.pendingSyncs);
    } else if (roll < 63) {
      const count = truth.terminalAppended ? 0 : this.#random.between(0, 6);
      this.#note(`append ${count}`);
      await generation.append(this.#events(count));
    } else if (roll < 64) {
      this.#note('persist header');
      generation.persistHeader();
    } else if (roll < 68) {
      this.#note('persist');
      generation.persist(this.#nowMs);
    } else if (roll < 78) {
      this.#note('commit');
      await generation.commit(this.#nowMs);
    } else {
      this.#note('flush');
      await generation.flush(this.#random.between(1, 2));
    }
  }

  async #trouble(generation: LiveGeneration, client: SimulatedClient, roll: number): Promise<void> {
    if (roll < 88) {
      this.#note(`cut ${client.name}`);
      client.cut(this.#random.below(80));
      if (this.#random.chance(0.3)) client.rewind();
    } else if (roll < 90) {
      this.#note(`heartbeat ${client.name}`);
      client.heartbeat();
    } else if (roll < 92) {
      await this.#crash(generation);
    } else if (roll < 94) {
      this.#note('finish');
      await generation.finish(this.#random.chance(0.7) ? doneEvent(this.#random) : upstreamFailure());
      if (this.#random.chance(0.7)) await generation.commit(this.#nowMs);
    } else if (roll < 96) {
      this.#note('compact or rehydrate');
      if (this.#random.chance(0.6)) generation.compact();
      else generation.rehydrate();
    } else if (roll < 97) {
      this.#note('full disk');
      generation.persistOnFullDisk(this.#nowMs);
      if (this.#random.chance(0.1)) await generation.leaveDisk();
    } else if (roll < 98) {
      this.#nowMs += this.#random.below(RETENTION_MS / 2);
      this.#note(`clock ${this.#nowMs}`);
      this.#prune(generation);
    } else {
      this.#probe(generation);
    }
  }

  async #crash(generation: LiveGeneration): Promise<void> {
    if (generation.truth.offDisk) return;
    this.#note('crash');
    for (const client of this.#clients) {
      if (client.generation === generation) client.cut(this.#random.below(200));
    }
    this.#nowMs += this.#random.below(20);
    await generation.crash(this.#random, this.#nowMs);
  }

  #prune(generation: LiveGeneration): void {
    if (!generation.expired(this.#nowMs) || !this.#mayExpire) return;
    for (const client of this.#clients) {
      if (client.generation === generation) client.cut(0);
    }
    generation.gone = true;
  }

  /** Cursors that nobody should have, and some that are right. */
  #probe(generation: LiveGeneration): void {
    if (generation.log === null) return;
    const format = this.#random.pick(FORMATS);
    const frames = generation.truth.frames(format);
    const other = this.#random.pick(this.#generations);
    const near = this.#random.below(frames.length + 3);
    const own = `${format}${generation.truth.generation}.`;
    const cursor = this.#random.pick([
      frames[near]?.id ?? `${own}1-${near}`,
      `${own}${this.#random.between(1, 3)}-${near}`,
      `${own}1-${near + this.#random.pick([8, 90, 1_000_000])}`,
      `${format}${other.truth.generation}.1-0`,
      `${format === 'c' ? 't' : 'c'}${generation.truth.generation}.1-0`,
      `${format}${'7'.repeat(16)}.1-0`,
      `${own}1-0\n`,
      ` ${own}1-0`,
      `${own}1-00`,
      `${own}0-0`,
      `${own}1--1`,
      `${own}1-1e0`,
      '0',
      '',
    ]);
    this.#note(`probe ${cursor}`);
    this.#ask(generation, cursor, format);
  }

  /** Just before the end and just after it, where an answer changes from "more" to "no more" to "no such". */
  #probeEnd(generation: LiveGeneration): void {
    for (const format of FORMATS) {
      const frames = generation.truth.frames(format);
      for (const { id } of frames.slice(-4)) this.#ask(generation, id, format);
      const ahead = String(frames.at(-1)?.id).replace(/\d+$/, String(frames.length));
      this.#ask(generation, ahead, format);
    }
  }

  /** A cursor must get the answer that the truth demands. */
  #ask(generation: LiveGeneration, cursor: string, format: FormatLetter): void {
    const answered = generation.follower(format).seek(cursor);
    const outcome = answered.ok ? answered.value : answered.refusal.reason;
    const expected = generation.truth.answer(cursor, format).type;
    if (outcome !== (expected === 'reset' ? 'ready' : expected)) {
      throw new Error(`cursor ${JSON.stringify(cursor)} was answered ${outcome}, not ${expected}`);
    }
  }

  /** Brings a generation to its end: it stops or crashes, and the disk gets all the time it needs. */
  async #settleGeneration(generation: LiveGeneration): Promise<void> {
    if (generation.log !== null && this.#random.chance(0.2)) await this.#crash(generation);
    await generation.flush(generation.disk.pendingSyncs);
    if (generation.log !== null) {
      await generation.finish(doneEvent(this.#random));
      await generation.commit(this.#nowMs);
    }
    while (generation.disk.pendingSyncs > 0) await generation.flush(generation.disk.pendingSyncs);
    generation.check();
    if (!generation.truth.ended) throw new Error('the generation did not come to an end');
    if (this.#random.chance(0.3)) generation.compact();
    if (this.#random.chance(0.3)) generation.rehydrate();
  }

  async #drain(client: SimulatedClient): Promise<void> {
    for (let request = 0; client.closed === null && request < MAX_RETURNS; request++) {
      client.connect();
      for (let piece = 0; client.connected; piece++) {
        const more = await client.pump(this.#random.between(1, 20_000));
        if (!more && client.connected) throw new Error(`client ${client.name} hangs after the end`);
        if (piece > MAX_DRAIN) throw new Error(`client ${client.name} gets more and more`);
      }
    }
  }

  #checkRetention(generation: LiveGeneration): void {
    const { finishedAtMs, offDisk } = generation.truth;
    if (offDisk) return;
    if (finishedAtMs === null) throw new Error('an ended generation has no time of its end');
    generation.expired(finishedAtMs + RETENTION_MS - 1);
    generation.expired(finishedAtMs + RETENTION_MS);
  }

  #events(count: number): ReturnType<typeof randomEvent>[] {
    return Array.from({ length: count }, () =>
      randomEvent(this.#random, this.#core.MAX_EVENT_UNITS, this.#oversize),
    );
  }

  #addGeneration(): void {
    const letters = Array.from({ length: 16 }, () => this.#random.pick([...BASE32]));
    const generation = letters.join('');
    const durability = this.#random.pick(['batched', 'strict'] as const);
    const slowDisk = this.#random.chance(0.5);
    this.#note(`${durability} on a ${slowDisk ? 'slow' : 'quick'} disk`);
    this.#generations.push(
      new LiveGeneration(this.#core, { generation, durability, slowDisk, createdMs: this.#nowMs }),
    );
    this.#nowMs += this.#random.below(RETENTION_MS);
  }

  #addClient(): void {
    const generation = this.#random.pick(this.#generations);
    const kind = this.#random.pick(KINDS);
    const format = this.#random.pick(FORMATS);
    const name = `${this.#clients.length}:${kind}:${format}`;
    this.#clients.push(new SimulatedClient(name, kind, format, { generation, random: this.#random }));
  }

  /** Whoever comes after the end gets the whole answer too. */
  #addFreshClients(): void {
    for (const generation of this.#generations) {
      for (const format of FORMATS) {
        const name = `fresh:${format}`;
        this.#clients.push(
          new SimulatedClient(name, 'event_source', format, { generation, random: this.#random }),
        );
      }
    }
  }

  #note(command: string): void {
    this.trace.push(command);
  }
}
