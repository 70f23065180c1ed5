// Texts are compared without their white space, which models change when they repeat something. Positions in such a
// squeezed text are counted in units that are no white space, and are turned back into positions of the text here.

/** White space, and half a character: a pair that was cut is written again as a whole. */
const LOOSE_END = /(?:\s|[\ud800-\udbff](?![\udc00-\udfff]))*$/;

export function squeezed(text: string): string {
  return text.replace(/\s+/g, '');
}

/** The end of a text that an upstream is not sent and may or may not write again. */
export function looseEndOf(text: string): string {
  // Only the last of a text that is long: the pattern is tried at every unit.
  return LOOSE_END.exec(text.slice(-400))?.[0] ?? '';
}

/** The position right behind the first `count` units of what follows `from`. */
export function afterUnits(text: string, from: number, count: number): number {
  let at = from;
  for (let left = count; left > 0 && at < text.length; at += 1) if (isUnit(text, at)) left -= 1;
  return at;
}

/** The position of the last `count` units. */
export function beforeUnits(text: string, count: number): number {
  let at = text.length;
  for (let left = count; left > 0 && at > 0;) {
    at -= 1;
    if (isUnit(text, at)) left -= 1;
  }
  return at;
}

function isUnit(text: string, at: number): boolean {
  return /\S/.test(text.charAt(at));
}
