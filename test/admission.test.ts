// The promise: whoever is known to be near or over a limit never starts an upstream call before it is admitted.

import { describe, expect, it } from 'vitest';
import { Headroom, type Caller } from '../policy/headroom.ts';

function callerOf(keyId: string, more: Partial<Caller> = {}): Caller {
  return { tenant: 'a', keyId, address: '192.0.2.1', ...more };
}

const A = callerOf('a');
const B = callerOf('b');

describe('the headroom hint', () => {
  it('an unknown key waits for its admission', () => {
    expect(new Headroom().isAmple(A, 0)).toBe(false);
  });

  it('more than the margin is ample, the margin itself is not', () => {
    const headroom = new Headroom();
    headroom.granted(A, 5, 0);
    headroom.granted(B, 4, 0);
    expect([headroom.isAmple(A, 0), headroom.isAmple(B, 0)]).toEqual([true, false]);
  });

  it('a hint is trusted for less than five seconds', () => {
    const headroom = new Headroom();
    headroom.granted(A, 20, 0);
    expect([headroom.isAmple(A, 4_999), headroom.isAmple(A, 5_000)]).toEqual([true, false]);
  });

  it.each([
    ['too_many_streams', [false, false, false, true]],
    ['too_many_streams_from_address', [false, false, true, true]],
    ['too_many_requests', [false, true, false, true]],
    ['too_many_tokens', [false, true, false, true]],
    ['overloaded', [true, true, true, true]],
  ] as const)('a denial makes those wait at once who meet the same limit: %s', (reason, ample) => {
    const headroom = new Headroom();
    const elsewhere = { ...A, address: '192.0.2.2' };
    const stranger = callerOf('z', { tenant: 'z' });
    for (const caller of [A, B, stranger]) headroom.granted(caller, 20, 0);
    headroom.refused(A, { reason }, 1);
    expect([A, B, elsewhere, stranger].map((caller) => headroom.isAmple(caller, 1))).toEqual(ample);
  });

  it('one key that is over its limit keeps waiting while another key of its tenant is granted', () => {
    const headroom = new Headroom();
    headroom.refused(A, { reason: 'too_many_tokens' }, 0);
    headroom.granted(B, 20, 1);
    expect([headroom.isAmple(A, 1), headroom.isAmple(B, 1)]).toEqual([false, true]);
  });

  it('what an earlier request was told does not undo what was learnt since', () => {
    const headroom = new Headroom();
    headroom.granted(A, 20, 0);
    headroom.refused(A, { reason: 'too_many_requests' }, 1);
    headroom.grantedBefore(A, 18);
    expect(headroom.isAmple(A, 1)).toBe(false);
  });

  it('other locations that took the room are noticed by a lease granted in parallel', () => {
    const headroom = new Headroom();
    headroom.granted(A, 20, 0);
    headroom.grantedBefore(A, 4);
    expect(headroom.isAmple(A, 1)).toBe(false);
  });

  it('a burst before the first answer starts no more than the hint allows', () => {
    const headroom = new Headroom();
    headroom.granted(A, 20, 0);
    let started = 0;
    for (let index = 0; index < 80; index += 1) {
      if (!headroom.isAmple(A, 1)) continue;
      headroom.spend(A);
      started += 1;
    }
    expect(started).toBe(16);
  });

  it('ten thousand keys are remembered, and the one noted longest ago makes room for the next', () => {
    const headroom = new Headroom();
    for (let index = 0; index < 10_000; index += 1) headroom.granted(callerOf(`k${index}`), 20, 0);
    headroom.granted(callerOf('k0'), 20, 0);
    headroom.granted(callerOf('new'), 20, 0);
    expect(['k0', 'k1', 'k2', 'new'].map((keyId) => headroom.isAmple(callerOf(keyId), 1))).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});
