// The kinds of words the lexicon knows, by the name a reason is given under. A category's number is its place here; the
// lists themselves belong to the trainer (train/lexicon.ts) and reach the runtime hashed, inside the artefact.

export const CATEGORIES = [
  'asks for a proof',
  'mathematics',
  'program code',
  'debugging and concurrency',
  'system design',
  'law',
  'medicine',
  'in-depth analysis',
  'advanced science',
  'reasoning puzzle',
  'greeting',
  'small talk',
  'simple text task',
  'asks to be brief',
  'fact question',
  'light writing',
  'continuation',
] as const;

export type Category = (typeof CATEGORIES)[number];

/** The first ten make a task harder, whatever the language; the next six make it easier; the last does neither. */
export const DEMANDING_CATEGORIES = 10;
export const EVERYDAY_CATEGORIES = 6;
