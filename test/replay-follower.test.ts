// What one reader gets, where a random schedule seldom looks: very long frames, chunks, and heartbeats.

import { describe, expect, it } from 'vitest';

import { chatProjector } from '../dialects/chat/projector.ts';
import { typedProjector } from '../dialects/typed/projector.ts';
import type { StreamEvent } from '../protocol/events.ts';
import { HEARTBEAT } from '../protocol/sse.ts';
import { Follower } from '../replay/follower.ts';
import type { LogHeader } from '../replay/header.ts';
import { MAX_CHUNK_UNITS, nextChunk } from '../replay/next-chunk.ts';
import { ReplayLog } from '../replay/replay-log.ts';
import { CrashingDisk } from './support/replay-disk.ts';
import { doneEvent, ROUTE } from './support/replay-events.ts';
import { Random } from './support/replay-random.ts';

const NOW_MS = 1_700_000_000_000;
const GENERATION = 'abcdefghijklmnop';
const DONE = doneEvent(new Random(1));
const FACTS = {
  generation: GENERATION,
  streamId: 's-1',
  model: 'edge-small',
  createdMs: NOW_MS,
  includeUsage: true,
};
const HEADER: LogHeader = {
  facts: FACTS,
  tenant: 'tenant',
  tenantObject: 'object',
  conversation: 'c',
  epochStarts: [0],
  finished: null,
  retentionMs: 1000,
  unfinished: null,
};

function logOf(...events: StreamEvent[]): ReplayLog {
  const log = ReplayLog.create(new CrashingDisk(false).open(), HEADER, 'batched');
  log.append(events);
  return log;
}

function follow(log: ReplayLog, format: 'c' | 't', cursor: string | null): Follower {
  const follower = new Follower(log, format === 'c' ? chatProjector(FACTS) : typedProjector(FACTS));
  expect(follower.seek(cursor)).toEqual({ ok: true, value: 'ready' });
  return follower;
}

function text(content: string): StreamEvent {
  return { type: 'text_delta', text: content };
}

const idle = (): Promise<'heartbeat'> => Promise.resolve('heartbeat');

describe('a poll', () => {
  it('goes on after a frame that is longer than one answer may be', () => {
    const log = logOf(ROUTE, text('x'.repeat(2 * MAX_CHUNK_UNITS)), text('next'));
    const taken = follow(log, 't', `t${GENERATION}.1-1`).take(MAX_CHUNK_UNITS);
    expect(taken.map(({ id }) => id)).toEqual([`t${GENERATION}.1-2`]);
  });

  it('stops soon after the size asked for, and the next one goes on there', () => {
    const log = logOf(ROUTE, text('a'.repeat(600)), text('b'.repeat(600)), text('c'));
    const follower = follow(log, 't', null);
    const sizes = [follower.take(700).length, follower.take(700).length, follower.take(700).length];
    expect(sizes).toEqual([2, 2, 0]);
  });
});

describe('a body', () => {
  it('has the same bytes in one piece as frame by frame', async () => {
    const log = logOf(
      ROUTE,
      text('a\r\nb'),
      { type: 'status', phase: 'failover', message: 'm' },
      text('👩‍👩‍👧'),
      DONE,
    );
    await log.commit(NOW_MS);
    for (const format of ['c', 't'] as const) {
      const whole = follow(log, format, null).read(MAX_CHUNK_UNITS);
      const slow = follow(log, format, null);
      let pieces = '';
      while (!slow.finished) pieces += slow.read(1);
      expect(pieces).toBe(whole);
    }
  });

  it('carries a heartbeat while nothing is ready, and only then', async () => {
    const log = logOf(ROUTE);
    const follower = follow(log, 'c', null);
    expect(await nextChunk(follower, idle)).toContain('id: c');
    expect(await nextChunk(follower, idle)).toBe(HEARTBEAT);
    log.append([text('more')]);
    expect(await nextChunk(follower, idle)).toContain('"more"');
  });

  it('takes several events that are ready as one chunk of whole events', async () => {
    const log = logOf(ROUTE, text('one'), text('two'));
    const chunk = (await nextChunk(follow(log, 't', null), idle)) ?? '';
    expect(chunk.match(/\n\n/g)).toHaveLength(3);
    expect(chunk.endsWith('\n\n')).toBe(true);
  });

  it('does not end before the terminal event is on disk', async () => {
    const log = logOf(ROUTE, DONE);
    const follower = follow(log, 't', null);
    await nextChunk(follower, idle);
    expect(await nextChunk(follower, idle)).toBe(HEARTBEAT);
    await log.commit(NOW_MS);
    expect(await nextChunk(follower, idle)).toContain('event: done');
    expect(await nextChunk(follower, idle)).toBeNull();
  });

  it('gives the delay of a reconnection with the first frame only, and the same one always', () => {
    const log = logOf(ROUTE, text('one'), text('two'));
    const first = follow(log, 't', null).read(MAX_CHUNK_UNITS);
    expect(first.match(/^retry: \d+$/gm)).toHaveLength(1);
    expect(follow(log, 't', null).read(MAX_CHUNK_UNITS)).toBe(first);
    expect(follow(log, 't', `t${GENERATION}.1-0`).read(MAX_CHUNK_UNITS)).not.toContain('retry:');
  });
});
