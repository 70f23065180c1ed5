// The modules under test, as one value: the simulator runs the project's own or a copy with other limits
// or with a bug put into it.

import { projectorFor } from '../../dialects/projectors.ts';
import { Follower } from '../../replay/follower.ts';
import { isExpired } from '../../replay/header.ts';
import { nextChunk } from '../../replay/next-chunk.ts';
import { recoverLog, recreateLostLog } from '../../replay/recover.ts';
import { ReplayLog } from '../../replay/replay-log.ts';
import { MAX_EVENT_UNITS } from '../../replay/split-oversize.ts';

export const projectCore = {
  Follower,
  MAX_EVENT_UNITS,
  ReplayLog,
  isExpired,
  nextChunk,
  projectorFor,
  recoverLog,
  recreateLostLog,
};

export type ReplayCore = typeof projectCore;
