// What an upstream of the chaos tests says: both the upstream and whoever checks a reader make it from the seed, so
// the truth travels nowhere. Texts are those that break careless readers.

/** One call of a model, told in its last user message. */
export type UpstreamScript = {
  /** Names the call in the upstream's ledger. */
  readonly key: string;
  readonly seed: number;
  readonly tokens: number;
  /** Tokens in one write, in turn. */
  readonly bursts: readonly number[];
  /** Milliseconds before each write, in turn; 0 = at once. */
  readonly gapsMs: readonly number[];
  /** `hang`: says nothing more and stays open. */
  readonly end: UpstreamEnd;
};

export type UpstreamEnd = 'finish' | 'reset' | 'truncate' | 'torn' | 'hang';

/** One call in the upstream's ledger. `peer`: the product closed before the script was over. */
export type LedgerEntry = { readonly key: string; closed: 'us' | 'peer' | null };

const TEXTS = [
  'word ',
  '\r\n',
  '\n\ndata: {"not":"an event"}\n\n',
  'id: 7\n',
  ': keep-alive\n',
  '👩‍👩‍👧‍👦',
  '[DONE]',
  '"\\"\u2028\u0000',
  'é漢字 ',
  'event: done\ndata: x\n\n',
];

/** Token `index` of the script with this seed; never empty, and no two neighbours are the same. */
export function tokenText(seed: number, index: number): string {
  const mixed = Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b) >>> 0;
  const text = TEXTS[(mixed >>> 8) % TEXTS.length] ?? '';
  return mixed % 97 === 0 ? `${text}${'long '.repeat(2000)}${index}` : `${text}${index};`;
}

export function truthText(script: UpstreamScript): readonly string[] {
  return Array.from({ length: script.tokens }, (_, index) => tokenText(script.seed, index));
}
