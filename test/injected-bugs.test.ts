// The test of the tests: bugs are put into copies of the replay core, and the simulator must notice each.

import { describe, expect, it } from 'vitest';

import type { ReplayCore } from './support/replay-core.ts';
import { INJECTED_BUGS } from './support/replay-injected-bugs.ts';
import { SMALL_LIMITS, withEditedCore } from './support/replay-mutants.ts';
import { runSchedule } from './support/replay-simulator.ts';

/** The rarest of the bugs needs a few hundred schedules to be seen. */
const MAX_SCHEDULES = 3000;

/** The first seed at which the simulator notices a broken promise; null when it notices nothing. */
async function firstFailure(core: ReplayCore): Promise<number | null> {
  for (let seed = 1; seed <= MAX_SCHEDULES; seed++) {
    try {
      await runSchedule(core, seed);
    } catch (error) {
      if (isSlip(error)) throw error;
      return seed; // any broken promise will do: a bug shows in more than one way
    }
  }
  return null;
}

/** A replacement with a slip of the pen in it fails too, and would prove nothing. */
function isSlip(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : error;
  return cause instanceof TypeError || cause instanceof ReferenceError;
}

describe('the simulator', () => {
  it('has nothing to say about the unbroken core', async () => {
    await withEditedCore(SMALL_LIMITS, async (core) => {
      for (let seed = 1; seed <= MAX_SCHEDULES; seed++) await runSchedule(core, seed);
    });
  });

  it('refuses a bug that no longer fits the sources', async () => {
    const edit = { file: 'protocol/sse.ts', find: 'text that is not there', replace: '' };
    await expect(withEditedCore([edit], firstFailure)).rejects.toThrow('has 0 times');
  });

  it.each(INJECTED_BUGS)('notices: $name', async ({ edits }) => {
    expect(await withEditedCore([...SMALL_LIMITS, ...edits], firstFailure)).not.toBeNull();
  });
});
