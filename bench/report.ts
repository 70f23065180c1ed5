// The lines that a run prints: tables, and goals with their verdict. A goal that was not measured says so.

export type Goal = {
  readonly what: string;
  readonly figure: number;
  /** The figure passes when it is at most (or at least) this. */
  readonly bound: number;
  readonly sense: 'at_most' | 'at_least';
  readonly unit: string;
  /** `must`: this version promises it. `next`: where it should go. */
  readonly rank: 'must' | 'next';
};

export class Report {
  readonly #goals: Goal[] = [];

  section(title: string): void {
    process.stdout.write(`\n${title}\n`);
  }

  line(text: string): void {
    process.stdout.write(`  ${text}\n`);
  }

  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = head.map((title, column) =>
      Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
    );
    for (const row of [head, ...rows]) {
      const cells = row.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      );
      this.line(cells.join('  '));
    }
  }

  goal(goal: Goal): void {
    this.#goals.push(goal);
  }

  /** Prints every goal; returns how many of those promised are missed. */
  verdict(): number {
    this.section('Goals (ratios within this run)');
    for (const goal of this.#goals) this.line(verdictOf(goal));
    const missed = this.#goals.filter((goal) => goal.rank === 'must' && !isMet(goal)).length;
    const promised = this.#goals.filter((goal) => goal.rank === 'must').length;
    this.line(`${promised - missed} of ${promised} promised goals met`);
    return missed;
  }
}

function isMet(goal: Goal): boolean {
  return goal.sense === 'at_most' ? goal.figure <= goal.bound : goal.figure >= goal.bound;
}

function verdictOf(goal: Goal): string {
  const word = Number.isNaN(goal.figure)
    ? 'not measured'
    : isMet(goal)
      ? 'pass'
      : goal.rank === 'must'
        ? 'FAIL'
        : 'not yet';
  const sign = goal.sense === 'at_most' ? '≤' : '≥';
  const unit = goal.unit === '' ? '' : ` ${goal.unit}`;
  return `${word.padEnd(12)} ${goal.rank.padEnd(5)} ${goal.what}: ${figure(goal.figure)}${unit} (goal ${sign} ${figure(goal.bound)}${unit})`;
}

/** Three significant digits are what these measurements carry. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}
