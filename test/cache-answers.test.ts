// The promise: only whole, good answers are kept, they come back piece by piece as they were, and a tenant keeps no
// more of them, and none longer, than was configured.

import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerCacheTable, type CacheSql } from '../durable-objects/answer-cache-table.ts';
import { cachedBatches, keptText } from '../durable-objects/kept-answer.ts';
import { finishedAnswer } from '../policy/cache/finished-answer.ts';
import type { CachedAnswer } from '../protocol/cached-answer.ts';
import type { ContentEvent, DoneEvent, StreamEvent } from '../protocol/events.ts';
import { aRouteEvent } from './support/a-route.ts';

const USAGE = { input_tokens: 3, output_tokens: 2, cached_tokens: 0, reasoning_tokens: 0, estimated: false };
const TIMING = { first_token_ms: 5, total_ms: 9 };
const TEXT: ContentEvent = { type: 'text_delta', text: 'hello' };

function done(rest: Partial<DoneEvent> = {}): DoneEvent {
  return { type: 'done', finish_reason: 'stop', usage: USAGE, timing: TIMING, ...rest };
}

function kept(...events: readonly StreamEvent[]): boolean {
  return finishedAnswer([aRouteEvent(), ...events], 1_000) !== null;
}

describe('an answer is kept', () => {
  it('when it is whole: it stopped by itself, or asks for tools', () => {
    const call: StreamEvent = {
      type: 'tool_start',
      index: 0,
      id: 'c',
      tool: 'f',
      args: '{}',
      status: 'executing',
    };
    expect([kept(TEXT, done()), kept(call, done({ finish_reason: 'tool_calls' }))]).toEqual([true, true]);
  });

  it('not when it was stopped, cut, filtered, empty, failed, repeated itself or never ended', () => {
    const failed = {
      type: 'error',
      code: 'upstream_failed',
      message: '',
      recoverable: true,
      partial: true,
    } as const;
    expect([
      kept(TEXT, done({ finish_reason: 'stopped' })),
      kept(TEXT, done({ finish_reason: 'length' })),
      kept(TEXT, done({ finish_reason: 'content_filter' })),
      kept(done()),
      kept(TEXT, failed),
      kept(TEXT, done({ cached: true })),
      kept(TEXT),
    ]).toEqual(Array.from({ length: 7 }, () => false));
  });

  it('not with a seam in it, nor when a check doubted it, but after a failover or an escalation', () => {
    const changed = { type: 'route_changed', tier: 'cloud', model: 'other', failure: null } as const;
    const withCheck = (tier: 'edge' | 'cloud', verdict: string) =>
      aRouteEvent({ tier, answer_check: { mode: 'full', verdict, held_ms: 1 } });
    expect([
      kept(TEXT, { type: 'status', phase: 'continued', message: '' }, TEXT, done()),
      kept(withCheck('edge', 'truncation'), TEXT, done()),
      kept(
        { type: 'status', phase: 'failover', message: '' },
        { ...changed, reason: 'failover' },
        TEXT,
        done(),
      ),
      kept(withCheck('cloud', 'truncation'), TEXT, done()),
      kept(withCheck('edge', 'good'), TEXT, done()),
    ]).toEqual([false, false, true, true, true]);
  });

  it('not beyond the size that is allowed', () => {
    expect(
      [10, 9].map((units) => finishedAnswer([aRouteEvent(), TEXT, TEXT, done()], units) !== null),
    ).toEqual([true, false]);
  });

  it('with the model that answered in the end, its usage, cost and timing', () => {
    const events = [
      aRouteEvent(),
      { type: 'route_changed', tier: 'cloud', model: 'other', reason: 'hedge', failure: null } as const,
      TEXT,
      done({ cost_usd: 0.25 }),
    ];
    expect(finishedAnswer(events, 1_000)).toEqual({
      tier: 'cloud',
      model: 'other',
      events: [TEXT],
      finishReason: 'stop',
      usage: USAGE,
      costUsd: 0.25,
      timing: TIMING,
    });
  });
});

const MAX_BYTES = 64 * 1024;

async function repeated(content: readonly ContentEvent[]): Promise<readonly unknown[]> {
  const text = keptText([aRouteEvent(), ...content, done()], MAX_BYTES, 0);
  const batches = await Array.fromAsync(cachedBatches(JSON.parse(text ?? '') as CachedAnswer));
  return batches.flat();
}

describe('a kept answer', () => {
  it('comes back in the very pieces in which it came, then ends as the original did', async () => {
    const text = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' });
    const content: fc.Arbitrary<ContentEvent> = fc.oneof(
      text.map((said) => ({ type: 'text_delta' as const, text: said })),
      text.map((said) => ({ type: 'thinking' as const, text: said })),
      text.map((signature) => ({
        type: 'thinking_part' as const,
        part: { type: 'reasoning.text', signature },
      })),
      text.map((args) => ({ type: 'tool_delta' as const, index: 0, args })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(content, { maxLength: 150 }), async (more) => {
        const events: ContentEvent[] = [{ type: 'text_delta', text: 'So ' }, ...more]; // thinking alone is not kept
        expect(await repeated(events)).toEqual([...events, { type: 'finish', reason: 'stop', usage: USAGE }]);
      }),
    );
  });

  it('is not kept when a smaller model stood in for what was asked, nor when it is thinking alone', () => {
    const changed: StreamEvent = {
      type: 'route_changed',
      tier: 'edge',
      model: 'small',
      reason: 'failover',
      failure: 'upstream_failed',
    };
    const cloud: StreamEvent = { ...aRouteEvent(), tier: 'cloud', model: 'large' };
    const said: StreamEvent = { type: 'text_delta', text: 'Hi' };
    const thought: StreamEvent = { type: 'thinking', text: 'Hm' };
    const found = [
      kept(cloud, said, done()),
      kept(cloud, changed, said, done()),
      kept(cloud, thought, done()),
    ];
    expect(found).toEqual([true, false, false]);
  });

  it('is not kept beyond its bytes as they are stored', () => {
    const wide = (length: number): readonly StreamEvent[] => [
      aRouteEvent(),
      { type: 'text_delta', text: '語'.repeat(length) },
      done(),
    ];
    expect([15_000, 30_000].map((length) => keptText(wide(length), MAX_BYTES, 0) !== null)).toEqual([
      true,
      false,
    ]);
  });
});

function sqlOf(database: DatabaseSync): CacheSql {
  return {
    exec: <Found>(query: string, ...bindings: readonly SQLInputValue[]) => {
      const rows = database.prepare(query).all(...bindings);
      return { toArray: () => rows as Found[] }; // the caller names the columns it asked for
    },
  };
}

describe('a tenant’s answers', () => {
  const MINUTE = 60_000;

  it('expire, are replaced, and are all forgotten at once', () => {
    const table = new AnswerCacheTable(sqlOf(new DatabaseSync(':memory:')));
    const put = (key: string, body: string, nowMs: number) =>
      table.put(key, body, { nowMs, ttlMs: 100, maxEntries: 9 });
    put('a', 'old', 0);
    put('a', 'new', 50);
    put('b', 'other', 60);
    const found = [table.find('a', 149), table.find('a', 150), table.nextExpiryMs()];
    table.deleteExpired(150);
    const next = table.nextExpiryMs();
    table.clear();
    expect([...found, next, table.find('b', 61), table.nextExpiryMs()]).toEqual([
      'new',
      null,
      150,
      160,
      null,
      null,
    ]);
  });

  it('are bounded in number: the one that was not used for longest goes', () => {
    const table = new AnswerCacheTable(sqlOf(new DatabaseSync(':memory:')));
    const put = (key: string, nowMs: number) =>
      table.put(key, key, { nowMs, ttlMs: 60 * MINUTE, maxEntries: 2 });
    put('a', 0);
    put('b', MINUTE);
    table.find('a', 2 * MINUTE);
    put('c', 3 * MINUTE);
    expect(['a', 'b', 'c'].map((key) => table.find(key, 3 * MINUTE))).toEqual(['a', null, 'c']);
  });

  it('survive a restart, and asking for one that never was makes no table', () => {
    const database = new DatabaseSync(':memory:');
    const empty = new AnswerCacheTable(sqlOf(database));
    empty.clear();
    empty.deleteExpired(1);
    const before = [
      empty.find('a', 0),
      empty.nextExpiryMs(),
      database.prepare('SELECT * FROM sqlite_master').all(),
    ];
    empty.put('a', 'kept', { nowMs: 0, ttlMs: 10, maxEntries: 1 });
    expect([...before, new AnswerCacheTable(sqlOf(database)).find('a', 1)]).toEqual([null, null, [], 'kept']);
  });
});
