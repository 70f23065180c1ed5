// The promise: a tenant known to be near or over its limit never starts an upstream call before it is admitted.

import { describe, expect, it } from 'vitest';
import { Headroom } from '../policy/headroom.ts';

describe('the headroom hint', () => {
  it('an unknown tenant waits for its admission', () => {
    expect(new Headroom().isAmple('a', 0)).toBe(false);
  });

  it('more than the margin is ample, the margin itself is not', () => {
    const headroom = new Headroom();
    headroom.note('a', 5, 0);
    headroom.note('b', 4, 0);
    expect([headroom.isAmple('a', 0), headroom.isAmple('b', 0)]).toEqual([true, false]);
  });

  it('a hint is trusted for less than five seconds', () => {
    const headroom = new Headroom();
    headroom.note('a', 20, 0);
    expect([headroom.isAmple('a', 4_999), headroom.isAmple('a', 5_000)]).toEqual([true, false]);
  });

  it('a denial makes the tenant wait at once', () => {
    const headroom = new Headroom();
    headroom.note('a', 20, 0);
    headroom.note('a', 0, 1);
    expect(headroom.isAmple('a', 1)).toBe(false);
  });

  it('a burst before the first answer starts no more than the hint allows', () => {
    const headroom = new Headroom();
    headroom.note('a', 20, 0);
    let started = 0;
    for (let index = 0; index < 80; index += 1) {
      if (!headroom.isAmple('a', 1)) continue;
      headroom.spend('a');
      started += 1;
    }
    expect(started).toBe(16);
  });

  it('ten thousand tenants are remembered, and the one noted longest ago makes room for the next', () => {
    const headroom = new Headroom();
    for (let index = 0; index < 10_000; index += 1) headroom.note(`t${index}`, 20, 0);
    headroom.note('t0', 20, 0);
    headroom.note('new', 20, 0);
    expect(['t0', 't1', 't2', 'new'].map((tenant) => headroom.isAmple(tenant, 1))).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});
