// The logs of one conversation: running ones in memory, finished ones on disk and in memory only while
// somebody reads them. Ownership is checked here, and nowhere else inside the object.

import type { LeaseEnd } from '../protocol/admission.ts';
import type { StreamRef, StopCall } from '../protocol/conversation-call.ts';
import type { Refusal } from '../protocol/errors.ts';
import type { Plan } from '../protocol/plan.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import { decodeHeader, isExpired, type LogHeader } from '../replay/header.ts';
import type { LogStore } from '../replay/log-store.ts';
import { recoverLog, recreateLostLog } from '../replay/recover.ts';
import { ReplayLog } from '../replay/replay-log.ts';
import { ChangeHub } from './change-hub.ts';
import { FollowedLog } from './followed-log.ts';
import type { Generation } from './generation.ts';
import { logFailure } from './log-failure.ts';
import { SqlLogs, type LogStorage } from './sql-log-store.ts';

/** A log that can be read; `generation` is null when it does not run (any more). */
export type ReadableLog = { readonly followed: FollowedLog; readonly generation: Generation | null };

export type LogsPorts = {
  /** A generation that was cut by a restart still holds its lease; its log, ended now, when one survived. */
  readonly cut: (ref: Pick<StreamRef, 'tenantObject' | 'streamId'>, log: ReplayLog | null) => void;
  /** Goes on with an answer that a restart has cut; its generation is added before this returns. */
  readonly goOn: (plan: Plan, log: ReplayLog) => void;
};

type Opening = Pick<StopCall, 'retentionMs' | 'heartbeatMs' | 'maxFollowers'> & StreamRef;

/**
 * A repeated request learns the stream's id from its lease, so it may ask here before the generation itself arrives.
 * Giving the stream up then would fork it; a generation that has not arrived after this long never will.
 */
const ARRIVAL_MS = 5000;

/** How long a request that came before its generation waits here, and then what its client waits. */
const ARRIVAL_RETRY_MS = 1000;

export class ConversationLogs {
  readonly #sql: SqlLogs;
  readonly #ports: LogsPorts;
  readonly #open = new Map<string, ReadableLog>();
  /** Logs being read from disk: two requests for one log must get the same. */
  readonly #opening = new Map<string, Promise<Result<ReadableLog, Refusal>>>();
  /** Called when the generation that somebody waits for arrives. */
  readonly #arrivals = new Map<string, () => void>();

  constructor(storage: LogStorage, ports: LogsPorts) {
    this.#sql = new SqlLogs(storage);
    this.#ports = ports;
  }

  storeFor(generation: string): LogStore {
    return this.#sql.storeFor(generation);
  }

  add(name: string, generation: Generation): void {
    this.#open.set(name, { followed: generation.followed, generation });
    this.#arrivals.get(name)?.();
  }

  /** True for a generation that comes so late that somebody may have been told of its end: it must not begin. */
  isGivenUp({ generation, createdMs }: Pick<StreamRef, 'generation' | 'createdMs'>, nowMs: number): boolean {
    if (nowMs < createdMs + ARRIVAL_MS) return false;
    return this.#opening.has(generation) || this.storeFor(generation).readHeader() !== null;
  }

  running(): Generation[] {
    const found: Generation[] = [];
    for (const { generation } of this.#open.values()) {
      if (generation !== null && generation.log.terminal === null) found.push(generation);
    }
    return found;
  }

  /** The log that `ref` names, if the asker owns it. Foreign and unknown logs are the same refusal. */
  async find(ref: Opening, nowMs: number): Promise<Result<ReadableLog, Refusal>> {
    const open = this.#open.get(ref.generation);
    const found = open === undefined ? await this.#fromDisk(ref, nowMs) : ok(open);
    if (!found.ok) return found;
    return found.value.followed.log.header.tenant === ref.tenant
      ? found
      : refuse({ reason: 'unknown_stream' });
  }

  /** The generation's last event is visible: it stays open while it is read, refused ones leave no trace. */
  ended(name: string, end: LeaseEnd): void {
    const open = this.#open.get(name);
    if (open === undefined) return;
    if (end === 'refused') this.#open.delete(name);
    else this.readersChanged(name, open.followed.readers);
  }

  /** A finished log that nobody reads is compacted and leaves memory. */
  readersChanged(name: string, readers: number): void {
    const open = this.#open.get(name);
    if (open === undefined || readers > 0 || !open.followed.log.ended) return;
    this.#open.delete(name);
    compact(open.followed.log);
    keepDeliveries(open.followed);
  }

  /** Ends every generation that a restart has cut, also those nobody asks for. */
  async recoverAll(nowMs: number): Promise<void> {
    for (const name of this.#sql.running()) {
      if (this.#open.has(name) || this.#opening.has(name)) continue;
      if (this.#goesOn(name, nowMs)) continue;
      const log = await this.#recover(name, nowMs);
      if (log !== null) compact(log);
    }
  }

  deleteExpired(nowMs: number): void {
    for (const name of this.#sql.expired(nowMs)) {
      if (!this.#open.has(name)) this.#sql.delete(name);
    }
  }

  nextExpiryMs(): number | null {
    return this.#sql.nextExpiryMs();
  }

  #fromDisk(ref: Opening, nowMs: number): Promise<Result<ReadableLog, Refusal>> {
    const under = this.#opening.get(ref.generation);
    if (under !== undefined) return under;
    const opening = this.#openLog(ref, nowMs).finally(() => this.#opening.delete(ref.generation));
    this.#opening.set(ref.generation, opening);
    return opening;
  }

  async #openLog(ref: Opening, nowMs: number): Promise<Result<ReadableLog, Refusal>> {
    const running = this.#goesOn(ref.generation, nowMs) ? this.#open.get(ref.generation) : undefined;
    if (running !== undefined) return ok(running);
    const recovered = await this.#recover(ref.generation, nowMs);
    if (recovered === null && nowMs < ref.createdMs + ARRIVAL_MS) {
      await this.#arrival(ref.generation);
      const arrived = this.#open.get(ref.generation);
      return arrived === undefined
        ? refuse({ reason: 'overloaded', retryAfterMs: ARRIVAL_RETRY_MS })
        : ok(arrived);
    }
    const log = recovered ?? (await this.#lost(ref, nowMs));
    if (log === null || isExpired(log.header, nowMs)) {
      return refuse({ reason: 'expired', retentionMs: ref.retentionMs });
    }
    const followed = new FollowedLog(log, new ChangeHub(ref.heartbeatMs), {
      maxFollowers: ref.maxFollowers,
      onReaders: (count) => this.readersChanged(ref.generation, count),
    });
    const readable: ReadableLog = { followed, generation: null };
    this.#open.set(ref.generation, readable);
    return ok(readable);
  }

  async #arrival(name: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#arrivals.set(name, resolve);
    const timer = setTimeout(resolve, ARRIVAL_RETRY_MS);
    await promise;
    clearTimeout(timer);
    this.#arrivals.delete(name);
  }

  /** True when a log without an end has all it needs to go on, and does. */
  #goesOn(name: string, nowMs: number): boolean {
    try {
      return this.#goOn(this.#sql.storeFor(name), nowMs);
    } catch (error) {
      // Of another version, perhaps: then it is ended like any other log that was cut.
      logFailure('restart', error);
      return false;
    }
  }

  #goOn(store: LogStore, nowMs: number): boolean {
    const stored = store.readHeader();
    const plan = stored === null ? null : planToGoOn(decodeHeader(stored));
    if (plan === null || nowMs >= plan.createdMs + plan.limits.totalMs) return false;
    const log = ReplayLog.open(store, plan.durability);
    // Every restart begins an epoch: a generation that takes its object down with it must come to an end.
    if (log === null || log.terminal !== null || log.epoch > plan.failover.maxContinuations) return false;
    this.#ports.goOn(plan, log);
    return true;
  }

  async #recover(name: string, nowMs: number): Promise<ReplayLog | null> {
    const store = this.#sql.storeFor(name);
    const log = await recoverLog(store, 'batched', nowMs);
    if (log !== null && log.header.finished?.atMs === nowMs) this.#ports.cut(refOf(log.header), log);
    return log;
  }

  /** The id is genuine, so the stream existed; without a row it expired, or it died before its first write. */
  async #lost(ref: Opening, nowMs: number): Promise<ReplayLog | null> {
    if (nowMs >= ref.createdMs + ref.retentionMs) return null;
    const header: LogHeader = {
      facts: {
        generation: ref.generation,
        streamId: ref.streamId,
        model: '',
        createdMs: ref.createdMs,
        includeUsage: false,
      },
      tenant: ref.tenant,
      conversation: '',
      tenantObject: ref.tenantObject,
      epochStarts: [0],
      finished: null,
      retentionMs: ref.retentionMs,
      unfinished: null,
    };
    this.#ports.cut(ref, null);
    return recreateLostLog(this.#sql.storeFor(ref.generation), header, nowMs);
  }
}

/** Compaction only saves room: a log whose disk refuses it stays readable as it is. */
function compact(log: ReplayLog): void {
  try {
    log.compact();
  } catch (error) {
    logFailure('compaction', error);
  }
}

/** The same: without it an operator sees less. Nothing is written when nobody read since it was opened. */
function keepDeliveries({ log, deliveries }: FollowedLog): void {
  if (deliveries.most === 0) return;
  try {
    log.keepDeliveries(deliveries.all());
  } catch (error) {
    logFailure('deliveries', error);
  }
}

/** One of an earlier version has no statistics; logs of still earlier ones have none. */
function planToGoOn({ unfinished }: LogHeader): Plan | null {
  return unfinished ? ({ analytics: null, ...unfinished } as Plan) : null; // only a generation writes it
}

function refOf(header: LogHeader): Pick<StreamRef, 'tenantObject' | 'streamId'> {
  return { tenantObject: header.tenantObject, streamId: header.facts.streamId };
}
