// Counts what came of the requests, and says it: in one line while it runs, as a table at the end.

import type { Played, PlayedOutcome } from './played.ts';

const OUTCOMES: readonly PlayedOutcome[] = [
  'completed',
  'stopped',
  'left',
  'failed',
  'refused',
  'broken',
  'unfinished',
];

export class Tally {
  readonly #played: Played[] = [];

  add(played: Played): void {
    this.#played.push(played);
  }

  get requests(): number {
    return this.#played.length;
  }

  /** Nothing lost, nothing twice, and every answer had an end. */
  get isExact(): boolean {
    return this.#sum('missing') === 0 && this.#sum('duplicates') === 0 && this.#count('broken') === 0;
  }

  get hasCompleted(): boolean {
    return this.#count('completed') > 0;
  }

  line(active: number): string {
    const edge = this.#played.filter(({ tier }) => tier === 'edge').length;
    const share = this.requests === 0 ? '-' : `${Math.round((100 * edge) / this.requests)} %`;
    const ttft = this.#ttfts(() => true);
    return [
      `${this.requests} requests`,
      `${active} active`,
      `edge ${share}`,
      `TTFT p50 ${quantileText(ttft, 0.5)} p95 ${quantileText(ttft, 0.95)}`,
      `failed ${this.#count('failed')}`,
      `resumed ${this.#resumed()}`,
      this.#verdict(),
    ].join(' | ');
  }

  table(): string {
    const outcomes = OUTCOMES.map((outcome) => `${outcome} ${this.#count(outcome)}`);
    const rows = [
      `requests ${this.requests}: ${outcomes.join(', ')}`,
      `${'tier'.padEnd(8)}${['requests', 'TTFT p50', 'TTFT p95'].map(rightAligned).join('')}`,
      ...(['edge', 'cloud', null] as const).map((tier) => this.#tierRow(tier)),
      `errors: ${this.#errors()}`,
      `resumed ${this.#resumed()}, failed over ${this.#number('isFailedOver')}, escalated ${this.#number('isEscalated')}, cached ${this.#number('isCached')}, second readers ${this.#number('hasSecondReader')}`,
      `thumbs up ${this.#thumbs('up')}, down ${this.#thumbs('down')}`,
      this.#verdict(),
    ];
    return rows.join('\n');
  }

  #verdict(): string {
    return `gaps ${this.#sum('missing')}, duplicates ${this.#sum('duplicates')}`;
  }

  #tierRow(tier: Played['tier']): string {
    const count = this.#played.filter((played) => played.tier === tier).length;
    const ttft = this.#ttfts((played) => played.tier === tier);
    const cells = [`${count}`, quantileText(ttft, 0.5), quantileText(ttft, 0.95)];
    // A request without an answer has none, and so has one whose draft was still being judged when the head left.
    return `${(tier ?? 'unknown').padEnd(8)}${cells.map(rightAligned).join('')}`;
  }

  #errors(): string {
    const counts = new Map<string, number>();
    for (const { code } of this.#played) if (code !== null) counts.set(code, (counts.get(code) ?? 0) + 1);
    const sorted = [...counts].sort(([, left], [, right]) => right - left);
    return sorted.length === 0 ? 'none' : sorted.map(([code, count]) => `${code} ${count}`).join(', ');
  }

  #ttfts(isMeant: (played: Played) => boolean): readonly number[] {
    return this.#played
      .filter(isMeant)
      .flatMap(({ ttftMs }) => (ttftMs === null ? [] : [ttftMs]))
      .sort((left, right) => left - right);
  }

  #count(outcome: PlayedOutcome): number {
    return this.#played.filter((played) => played.outcome === outcome).length;
  }

  #sum(field: 'missing' | 'duplicates'): number {
    return this.#played.reduce((sum, played) => sum + played[field], 0);
  }

  #number(field: 'isFailedOver' | 'isEscalated' | 'isCached' | 'hasSecondReader'): number {
    return this.#played.filter((played) => played[field]).length;
  }

  #resumed(): number {
    return this.#played.filter(({ resumes }) => resumes > 0).length;
  }

  #thumbs(thumbs: 'up' | 'down'): number {
    return this.#played.filter((played) => played.thumbs === thumbs).length;
  }
}

/** @param sorted - ascending; by nearest rank, null when there are none */
export function quantileOf(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

function quantileText(sorted: readonly number[], share: number): string {
  const value = quantileOf(sorted, share);
  return value === null ? '-' : `${Math.round(value)} ms`;
}

function rightAligned(cell: string): string {
  return cell.padStart(12);
}
