// What the simulator's clients count: frames that are missing, frames that come twice, and requests that came to nothing.

import { describe, expect, it } from 'vitest';
import { readChatFrame } from '../scripts/simulate/chat-frame.ts';
import { FrameLedger } from '../scripts/simulate/frame-ledger.ts';
import { NOTHING_PLAYED, type Played } from '../scripts/simulate/played.ts';
import { quantileOf, Tally } from '../scripts/simulate/tally.ts';

function counted(...numbers: readonly number[]): {
  missing: number;
  duplicates: number;
  lastId: string | null;
} {
  const ledger = new FrameLedger();
  for (const n of numbers) ledger.receive(`ctmfzwq2ltmv3ggyl.1-${n}`);
  const { missing, duplicates, lastId } = ledger;
  return { missing, duplicates, lastId: lastId?.split('-')[1] ?? null };
}

describe('a reader', () => {
  it('counts nothing when the numbers run on', () => {
    expect(counted(0, 1, 2, 3)).toEqual({ missing: 0, duplicates: 0, lastId: '3' });
  });

  it('counts frames that are missing, also the first', () => {
    expect(counted(1, 2, 5)).toEqual({ missing: 3, duplicates: 0, lastId: '5' });
  });

  it('counts frames that come twice, and keeps its place', () => {
    expect(counted(0, 1, 2, 1, 2, 3)).toEqual({ missing: 0, duplicates: 2, lastId: '3' });
  });

  it('counts no frames of an answer without a log', () => {
    const ledger = new FrameLedger();
    ledger.receive(null);
    expect([ledger.frames, ledger.missing, ledger.lastId]).toEqual([1, 0, null]);
  });
});

describe('a frame', () => {
  const chunk = (delta: object): string => JSON.stringify({ choices: [{ index: 0, delta }] });

  it.each([
    ['text', chunk({ content: 'word' }), { text: 'word', isContent: true }],
    ['the role alone', chunk({ role: 'assistant', content: '' }), { text: '', isContent: false }],
    ['thinking', chunk({ reasoning_content: 'hm' }), { text: '', isContent: true }],
    ['a tool call', chunk({ tool_calls: [{ index: 0 }] }), { text: '', isContent: true }],
    ['the end', '[DONE]', { isEnd: true, failure: null }],
    ['a failure', '{"error":{"code":"upstream_failed"}}', { isEnd: true, failure: 'upstream_failed' }],
  ])('is read for what it is: %s', (_, frame, expected) => {
    expect(readChatFrame(frame)).toMatchObject(expected);
  });
});

describe('the table', () => {
  const completed: Played = { ...NOTHING_PLAYED, outcome: 'completed', tier: 'edge', ttftMs: 100 };

  it('counts every request once, by outcome, tier and code', () => {
    const tally = new Tally();
    for (const played of [
      completed,
      { ...completed, ttftMs: 300, resumes: 2, thumbs: 'up' as const },
      { ...completed, tier: 'cloud' as const, outcome: 'left' as const, isFailedOver: true },
      { ...NOTHING_PLAYED, outcome: 'failed' as const, code: 'upstream_failed' },
    ])
      tally.add(played);
    expect(tally.table().split('\n')).toEqual([
      'requests 4: completed 2, stopped 0, left 1, failed 1, refused 0, broken 0, unfinished 0',
      'tier        requests    TTFT p50    TTFT p95',
      'edge               2      100 ms      300 ms',
      'cloud              1      100 ms      100 ms',
      'unknown            1           -           -',
      'errors: upstream_failed 1',
      'resumed 1, failed over 1, escalated 0, cached 0, second readers 0',
      'thumbs up 1, down 0',
      'gaps 0, duplicates 0',
    ]);
  });

  it.each([
    ['a lost frame', { missing: 1 }],
    ['a frame that came twice', { duplicates: 1 }],
    ['an answer without an end', { outcome: 'broken' as const }],
  ])('is not exact with %s', (_, fault) => {
    const tally = new Tally();
    tally.add(completed);
    expect(tally.isExact).toBe(true);
    tally.add({ ...completed, ...fault });
    expect(tally.isExact).toBe(false);
  });

  it('takes percentiles by nearest rank', () => {
    expect([quantileOf([1, 2, 3, 4], 0.5), quantileOf([1, 2, 3, 4], 0.95), quantileOf([], 0.5)]).toEqual([
      2,
      4,
      null,
    ]);
  });
});
