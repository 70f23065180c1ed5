// One generation under test beside the truth about it: its log in memory, its disk, and everything that an
// object does to them. Every action is done to both, in the order the object would do it.

import type { FormatLetter } from '../../protocol/cursor.ts';
import type { StreamEvent, TerminalEvent } from '../../protocol/events.ts';
import type { Durability } from '../../protocol/plan.ts';
import type { LogHeader } from '../../replay/header.ts';
import type { Follower } from '../../replay/follower.ts';
import type { LogStore } from '../../replay/log-store.ts';
import type { ReplayLog } from '../../replay/replay-log.ts';
import { MAX_EVENT_UNITS } from '../../replay/split-oversize.ts';
import type { Connection } from './replay-connection.ts';
import type { ReplayCore } from './replay-core.ts';
import { CrashingDisk } from './replay-disk.ts';
import type { Random } from './replay-random.ts';
import { Truth, type Survived } from './replay-truth.ts';
import { WireTap } from './replay-wire.ts';

export const RETENTION_MS = 1000;
const MAX_HELD_BYTES = 1024 * 1024;
/** The same with limits that are smaller by three orders. */
const MAX_HELD_BYTES_SMALL = 3 * 1024;
/** Microtasks after which everything that waits for no disk and no reader has happened. */
const SETTLE_TICKS = 12;
const NOTHING: Survived = { events: 0, epoch: 1, finishedAtMs: null };

export type GenerationSetup = {
  readonly generation: string;
  readonly durability: Durability;
  readonly slowDisk: boolean;
  readonly createdMs: number;
};

export class LiveGeneration {
  readonly core: ReplayCore;
  readonly truth: Truth;
  readonly connections = new Set<Connection>();
  readonly wire = new WireTap();
  readonly disk: CrashingDisk;
  readonly #header: LogHeader;
  #store: LogStore;
  /** What every version of the disk holds, by its number. */
  #moments: Survived[] = [NOTHING];
  #life = 0;
  #failure: unknown = null;
  /** Null while the object restarts. */
  log: ReplayLog | null;
  /** Deleted after its retention. */
  gone = false;

  constructor(core: ReplayCore, setup: GenerationSetup) {
    const { generation, createdMs, durability } = setup;
    const facts = {
      generation,
      streamId: `s-${generation}`,
      model: 'edge-small',
      createdMs,
      includeUsage: true,
    };
    this.core = core;
    this.truth = new Truth(facts, durability, core.MAX_EVENT_UNITS);
    this.disk = new CrashingDisk(setup.slowDisk);
    const owner = { tenant: 'tenant', tenantObject: 'object', conversation: 'c' };
    this.#header = {
      facts,
      ...owner,
      epochStarts: [0],
      finished: null,
      retentionMs: RETENTION_MS,
      unfinished: null,
    };
    this.#store = this.disk.open();
    this.log = core.ReplayLog.create(this.#store, this.#header, durability);
  }

  follower(format: FormatLetter): Follower {
    if (this.log === null) throw new Error('the object restarts');
    return new this.core.Follower(this.log, this.core.projectorFor(format, this.log.header.facts));
  }

  async append(events: readonly StreamEvent[]): Promise<void> {
    this.truth.append(events);
    this.log?.append(events);
    await this.#changed();
  }

  /** A stop or an end of the upstream; only the first of them counts. */
  async finish(event: TerminalEvent): Promise<void> {
    if (this.log === null) return;
    const first = !this.truth.terminalAppended;
    if (first) this.truth.append([event]);
    if (this.log.finish(event) !== first)
      throw new Error(`the ${first ? 'first' : 'second'} finish was misjudged`);
    await this.#changed();
  }

  persist(nowMs: number): void {
    this.log?.persist(nowMs);
    this.#wrote(nowMs);
  }

  persistHeader(): void {
    this.log?.persistHeader();
    this.#noteVersions(this.#moments.at(-1) ?? NOTHING);
  }

  /** The object gives up its disk: from now on memory is all there is, and no crash is survived. */
  async leaveDisk(): Promise<void> {
    if (this.log === null) return;
    this.truth.leaveDisk();
    this.log.leaveDisk();
    await this.#changed();
  }

  /** The disk refuses the next write, and a later one succeeds. */
  persistOnFullDisk(nowMs: number): void {
    this.disk.refuseNext = true;
    const before = this.disk.version;
    try {
      this.log?.persist(nowMs);
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'disk full') throw error;
    }
    this.disk.refuseNext = false;
    if (this.disk.version !== before) throw new Error('a refused write reached the disk');
  }

  async commit(nowMs: number): Promise<void> {
    if (this.log === null) return;
    const life = this.#life;
    this.log.commit(nowMs).catch((error: unknown) => {
      if (life === this.#life) this.#failure = error;
    });
    this.#wrote(nowMs);
    await this.#changed();
  }

  async flush(count: number): Promise<void> {
    this.disk.flush(count);
    await this.#changed();
  }

  /** The object dies and starts again. Connections must have been cut before. */
  async crash(random: Random, nowMs: number): Promise<void> {
    const version = this.disk.crash(random);
    this.#moments.length = version + 1;
    this.truth.crash(this.#moments[version] ?? NOTHING);
    this.#store = this.disk.open();
    this.log = null;
    this.#life++;
    this.#recover(nowMs, this.#life).catch((error: unknown) => {
      this.#failure = error;
    });
    if (!this.truth.terminalAppended) this.truth.interrupt();
    await settle();
    this.#wrote(nowMs);
    await this.#changed();
  }

  compact(): void {
    this.log?.compact();
    this.#noteVersions(this.#moments.at(-1) ?? NOTHING);
  }

  /** An object that only keeps a finished log is dropped from memory and loaded again. */
  rehydrate(): void {
    if (!this.truth.ended || this.truth.offDisk) return;
    this.log = this.core.ReplayLog.open(this.#store, this.truth.durability);
    if (this.log === null) throw new Error('a finished log is not on disk');
    if (!this.log.ended) throw new Error('a finished log was loaded as unfinished');
  }

  /** True when its retention is over; throws when the log judges otherwise. */
  expired(nowMs: number): boolean {
    const { finishedAtMs } = this.truth;
    const expected = finishedAtMs !== null && nowMs >= finishedAtMs + RETENTION_MS;
    if (this.log !== null && this.core.isExpired(this.log.header, nowMs) !== expected) {
      throw new Error(`expired is ${!expected} ${nowMs - (finishedAtMs ?? nowMs)} ms after the end`);
    }
    const expiresAtMs = finishedAtMs === null ? null : finishedAtMs + RETENTION_MS;
    if (this.disk.expiresAtMs !== expiresAtMs) throw new Error('the disk has another end than the log');
    return expected;
  }

  /** Throws when a promise failed behind the back of the schedule, or when memory holds too much of what is on disk. */
  check(): void {
    if (this.#failure !== null) throw this.#failure;
    const { log } = this;
    if (log === null || log.persistedEnd < log.end) return; // what is not on disk must be held
    const maxBytes = this.core.MAX_EVENT_UNITS < MAX_EVENT_UNITS ? MAX_HELD_BYTES_SMALL : MAX_HELD_BYTES;
    if (log.heldBytes > maxBytes) throw new Error(`the log holds ${log.heldBytes} bytes`);
  }

  async #recover(nowMs: number, life: number): Promise<void> {
    const recovered =
      (await this.core.recoverLog(this.#store, this.truth.durability, nowMs)) ??
      (await this.core.recreateLostLog(this.#store, this.#header, nowMs));
    if (life === this.#life) this.log = recovered;
  }

  #wrote(nowMs: number): void {
    if (this.truth.offDisk) return;
    this.truth.written(nowMs);
    this.#noteVersions(this.truth.moment);
  }

  #noteVersions(moment: Survived): void {
    while (this.#moments.length <= this.disk.version) this.#moments.push(moment);
  }

  async #changed(): Promise<void> {
    this.truth.committed(this.#moments[this.disk.synced]?.events ?? 0);
    await settle();
    for (const connection of this.connections) connection.wake('changed');
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let tick = 0; tick < SETTLE_TICKS; tick++) await Promise.resolve();
}
