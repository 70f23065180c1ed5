// An answer's JSON as one flat table (RFC 4180): nested names are joined by dots, the values of a list
// within a row by spaces.
// Invariant: no cell can be taken for a formula by a spreadsheet; labels may begin with anything, numbers may be negative.

export function toCsv(rows: readonly object[]): string {
  const flat = rows.map((row) => new Map(cellsOf(row, '')));
  const header = [...new Set(flat.flatMap((cells) => [...cells.keys()]))];
  const lines = flat.map((cells) => header.map((name) => cellText(cells.get(name))));
  return [header.map(cellText), ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

/** The lists of an answer one below the other, told apart by `table`; what is in no list is the first row. */
export function rowsOf(body: object): readonly object[] {
  const fields = Object.entries(body);
  const isRows = (value: unknown): value is readonly object[] => Array.isArray(value);
  const single = fields.filter(([, value]) => !isRows(value));
  return [
    { table: 'all', ...Object.fromEntries(single) },
    ...fields.flatMap(([table, value]) => (isRows(value) ? value.map((row) => ({ table, ...row })) : [])),
  ];
}

function cellsOf(row: object, prefix: string): readonly (readonly [string, unknown])[] {
  return Object.entries(row).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? cellsOf(value, `${prefix}${name}.`)
      : [[prefix + name, value] as const],
  );
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = Array.isArray(value) ? value.map(wordText).join(' ') : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A small record in a list, such as a code and how often: `timeout:3`. */
function wordText(value: unknown): string {
  return typeof value === 'object' && value !== null ? Object.values(value).join(':') : String(value);
}
