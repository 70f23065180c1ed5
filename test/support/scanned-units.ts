// Counts how much text a piece of code goes through: what its patterns search, and what it finds, cuts and reads letter by letter.
// A count is the same on every machine and in every run, which a time is not. It cannot see a pattern that goes
// back and forth inside one search.

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** UTF-16 units scanned while `run` runs. */
export function scannedUnits(run: () => void): number {
  let units = 0;
  const restore = [
    watch(RegExp.prototype, 'exec', (self, [text], found) => {
      const pattern = self as RegExp;
      // One place is tried by a sticky search, everything up to the find by another.
      units += pattern.sticky ? 1 : spanOf(String(text), found as RegExpExecArray | null);
    }),
    watch(String.prototype, 'indexOf', (self, [, from], found) => {
      units +=
        (Number(found) < 0 ? String(self).length : Number(found)) -
        Math.min(Number(from ?? 0), String(self).length);
    }),
    watch(String.prototype, 'lastIndexOf', (self, [, from], found) => {
      units +=
        Math.min(Number(from ?? String(self).length), String(self).length) - Math.max(0, Number(found));
    }),
    watch(String.prototype, 'slice', (_self, _args, part) => (units += String(part).length)),
    watch(String.prototype, 'charCodeAt', () => (units += 1)),
  ];
  try {
    run();
  } finally {
    for (const put of restore) put();
  }
  return units;
}

function spanOf(text: string, found: RegExpExecArray | null): number {
  return found === null ? text.length : found[0].length + 1;
}

function watch(
  prototype: object,
  name: string,
  note: (self: unknown, args: readonly unknown[], result: unknown) => void,
): () => void {
  const original = Reflect.get(prototype, name) as Method;
  let inside = false;
  const watched: Method = function (...args) {
    const result = Reflect.apply(original, this, args);
    // Counting uses the same methods.
    if (inside) return result;
    inside = true;
    note(this, args, result);
    inside = false;
    return result;
  };
  Reflect.set(prototype, name, watched);
  return () => Reflect.set(prototype, name, original);
}
