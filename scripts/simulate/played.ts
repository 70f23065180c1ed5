// What came of one simulated request, as its reader saw it.

/** `left`: its reader went away for good; `failed`: an error after or before the first word; `broken`: no end at all. */
export type PlayedOutcome = 'completed' | 'stopped' | 'left' | 'failed' | 'refused' | 'broken' | 'unfinished';

export type Played = {
  readonly outcome: PlayedOutcome;
  /** The error's code; null without one. */
  readonly code: string | null;
  readonly tier: 'edge' | 'cloud' | null;
  readonly ttftMs: number | null;
  readonly missing: number;
  readonly duplicates: number;
  /** How often its reader came back. */
  readonly resumes: number;
  readonly isFailedOver: boolean;
  readonly isEscalated: boolean;
  readonly isCached: boolean;
  readonly hasSecondReader: boolean;
  readonly thumbs: 'up' | 'down' | null;
};

export const NOTHING_PLAYED: Played = {
  outcome: 'unfinished',
  code: null,
  tier: null,
  ttftMs: null,
  missing: 0,
  duplicates: 0,
  resumes: 0,
  isFailedOver: false,
  isEscalated: false,
  isCached: false,
  hasSecondReader: false,
  thumbs: null,
};
