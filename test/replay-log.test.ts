// Promises of the replay log that need a certain disk or certain sizes: what it keeps after a refused write,
// and how much memory it holds.

import { describe, expect, it } from 'vitest';

import type { StreamEvent } from '../protocol/events.ts';
import { Follower } from '../replay/follower.ts';
import type { LogHeader } from '../replay/header.ts';
import { nextChunk } from '../replay/next-chunk.ts';
import { ReplayLog } from '../replay/replay-log.ts';
import { MAX_EVENT_UNITS } from '../replay/split-oversize.ts';
import { typedProjector } from '../dialects/typed/projector.ts';
import { ROUTE, doneEvent } from './support/replay-events.ts';
import { CrashingDisk } from './support/replay-disk.ts';
import { Random } from './support/replay-random.ts';

const NOW_MS = 1_700_000_000_000;
const MEBIBYTE = 1024 * 1024;
const DONE = doneEvent(new Random(1));

const HEADER: LogHeader = {
  facts: {
    generation: 'abcdefghijklmnop',
    streamId: 's-1',
    model: 'edge-small',
    createdMs: NOW_MS,
    includeUsage: false,
  },
  tenant: 'tenant',
  tenantObject: 'object',
  conversation: 'c',
  epochStarts: [0],
  finished: null,
  retentionMs: 1000,
  unfinished: null,
};

function newLog(disk: CrashingDisk): ReplayLog {
  return ReplayLog.create(disk.open(), HEADER, 'batched');
}

function text(content: string): StreamEvent {
  return { type: 'text_delta', text: content };
}

function reopened(disk: CrashingDisk): ReplayLog {
  const log = ReplayLog.open(disk.open(), 'batched');
  if (log === null) throw new Error('nothing is stored');
  return log;
}

describe('a disk that refuses a write', () => {
  it('leaves nothing behind that the next write would store twice', () => {
    const disk = new CrashingDisk(false);
    const log = newLog(disk);
    log.append([ROUTE, text('one')]);
    disk.refuseNext = true;
    expect(() => log.persist(NOW_MS)).toThrow('disk full');
    log.append([text('two')]);
    log.persist(NOW_MS);
    expect([...reopened(disk).events()]).toEqual([ROUTE, text('one'), text('two')]);
  });

  it('does not let the log believe that its header is stored', () => {
    const disk = new CrashingDisk(false);
    const log = newLog(disk);
    log.append([ROUTE, DONE]);
    disk.refuseNext = true;
    expect(() => log.persist(NOW_MS)).toThrow('disk full');
    log.persist(NOW_MS + 5);
    expect(reopened(disk).header.finished).toEqual({ end: 2, atMs: NOW_MS + 5 });
  });

  it('loses nothing when it refuses the compaction', () => {
    const disk = new CrashingDisk(false);
    const log = newLog(disk);
    log.append([ROUTE, text('one'), DONE]);
    log.persist(NOW_MS);
    disk.refuseNext = true;
    expect(() => log.compact()).toThrow('disk full');
    expect([...log.events()]).toEqual([ROUTE, text('one'), DONE]);
    expect([...reopened(disk).events()]).toEqual([ROUTE, text('one'), DONE]);
  });
});

describe('the end of a log', () => {
  it('stays visible when nothing more is appended', async () => {
    const log = newLog(new CrashingDisk(false));
    log.append([ROUTE, DONE]);
    await log.commit(NOW_MS);
    log.append([]);
    expect(log.ended).toBe(true);
  });

  it('cannot be followed by anything', () => {
    const log = newLog(new CrashingDisk(false));
    log.append([ROUTE, DONE]);
    expect(() => log.append([text('late')])).toThrow('after the terminal');
    expect(log.finish(DONE)).toBe(false);
  });

  it('stays in memory for its readers when the disk is given up', async () => {
    const log = newLog(new CrashingDisk(false));
    log.append([ROUTE]);
    log.leaveDisk();
    log.append([text('one'), DONE]);
    const follower = new Follower(log, typedProjector(HEADER.facts));
    expect(follower.read(MEBIBYTE)).toContain('"one"');
    expect(follower.finished).toBe(true);
  });
});

describe('memory', () => {
  it('holds at most 1 MiB while a reader reads nothing and 100 MB are appended', async () => {
    const disk = new CrashingDisk(false);
    const log = newLog(disk);
    const follower = new Follower(log, typedProjector(HEADER.facts));
    expect(follower.seek(null).ok).toBe(true);
    const piece = text('a word or two, or three '.repeat(100));
    let peak = 0;
    let units = 0;
    while (units < 100_000_000) {
      log.append(Array.from({ length: 32 }, () => piece)); // a flush is due after 32 events
      units += 32 * 2400;
      peak = Math.max(peak, log.heldBytes);
      log.persist(NOW_MS);
      peak = Math.max(peak, log.heldBytes);
    }
    expect(peak).toBeLessThan(MEBIBYTE);
    log.finish(DONE);
    await log.commit(NOW_MS);
    expect(await bytesOf(follower)).toBeGreaterThan(100_000_000);
  });

  it('holds at most 1 MiB when an event is as long as allowed and escapes to six times its length', () => {
    const log = newLog(new CrashingDisk(false));
    for (let event = 0; event < 4; event++) {
      log.append([text('\u0000'.repeat(MAX_EVENT_UNITS))]);
      log.persist(NOW_MS);
      expect(log.heldBytes).toBeLessThan(MEBIBYTE);
    }
  });

  it('never makes a row that is larger than 1 MiB', async () => {
    const disk = new CrashingDisk(false);
    const log = newLog(disk);
    const worst = ['\u0000', '\ud83d', '字', '😀', 'x'].map((unit) => unit.repeat(MAX_EVENT_UNITS));
    log.append(
      worst.flatMap((long) => [text('short'), text(long), { type: 'tool_delta', index: 0, args: long }]),
    );
    log.finish(DONE);
    await log.commit(NOW_MS);
    expect(disk.largestRowBytes).toBeLessThan(MEBIBYTE);
    log.compact();
    expect(disk.largestRowBytes).toBeLessThan(MEBIBYTE);
  });

  it('writes every page once when a flush fills it', () => {
    const disk = new CrashingDisk(false);
    const log = newLog(disk);
    for (let flush = 0; flush < 20; flush++) {
      log.append([text('x'.repeat(20_000))]);
      log.persist(NOW_MS);
    }
    expect(disk.rowsWritten).toBe(20 + 1); // and the header
  });
});

async function bytesOf(follower: Follower): Promise<number> {
  let bytes = 0;
  for (;;) {
    const chunk = await nextChunk(follower, () => Promise.reject(new Error('waits at the end')));
    if (chunk === null) return bytes;
    bytes += chunk.length;
  }
}
