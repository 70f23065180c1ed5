// Fences of Markdown's code blocks, where a text stops inside of one.

/** Where the content of the block that is open at the end of the text begins; null when none is. */
export function openBlockIn(text: string): number | null {
  let open: { readonly mark: string; readonly start: number } | null = null;
  for (const { 0: line, 1: mark = '', 2: label = '', index } of text.matchAll(
    /^[ \t]*(`{3,}|~{3,})([^\n`]*)(?:\n|$)/gm,
  )) {
    if (open === null) open = { mark, start: index + line.length };
    else if (mark.startsWith(open.mark) && label.trim() === '') open = null;
  }
  // On the fence's own line the block has not begun.
  return open === null || text.charAt(open.start - 1) !== '\n' ? null : open.start;
}

export type FenceLine = { readonly end: number; readonly hasLabel: boolean };

/** The fence line that the text from `from` on begins with. */
export function fenceLineAt(text: string, from: number): FenceLine | null {
  const [line, label] = /^\s*(?:```|~~~)([^\n]*)\n/.exec(text.slice(from)) ?? [];
  return line === undefined ? null : { end: from + line.length, hasLabel: /\w/.test(label ?? '') };
}
