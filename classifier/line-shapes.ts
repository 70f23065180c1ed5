// Counts lines by what they start with: answer options, bullets, indented code, fences. Also measures the text that is
// left without the options, because an exam question is not harder for listing its answers. Adds to what is there.

export const LINE_SHAPE = { any: 0, option: 1, bullet: 2, indented: 3, fence: 4, bodyChars: 5 } as const;

export const LINE_SHAPE_COUNT = 6;

/** @param text lower-case */
export function countLineShapes(text: string, counts: Uint32Array): void {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found + 1;
    const shape = shapeAt(text.charCodeAt(start), text.charCodeAt(start + 1));
    counts[LINE_SHAPE.any] = (counts[LINE_SHAPE.any] ?? 0) + 1;
    if (shape !== LINE_SHAPE.any) counts[shape] = (counts[shape] ?? 0) + 1;
    if (shape !== LINE_SHAPE.option)
      counts[LINE_SHAPE.bodyChars] = (counts[LINE_SHAPE.bodyChars] ?? 0) + end - start;
    start = end;
  }
}

function shapeAt(first: number, second: number): number {
  switch (first) {
    case 0x20:
      return second === 0x20 ? LINE_SHAPE.indented : LINE_SHAPE.any;
    case 0x09:
      return LINE_SHAPE.indented;
    case 0x2a: // *
    case 0x2d: // -
      return second === 0x20 ? LINE_SHAPE.bullet : LINE_SHAPE.any;
    case 0x60: // `
      return second === 0x60 ? LINE_SHAPE.fence : LINE_SHAPE.any;
    default:
      return isOption(first, second) ? LINE_SHAPE.option : LINE_SHAPE.any;
  }
}

/** `a.` to `j)`: as many options as exams give. */
function isOption(first: number, second: number): boolean {
  return first >= 0x61 && first <= 0x6a && (second === 0x2e || second === 0x29);
}
