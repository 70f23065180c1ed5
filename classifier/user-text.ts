// Takes the person's own words out of a user message: agents and editors wrap them in context of their own,
// and that context must neither raise nor lower the route. Calling it twice gives the same text.
// It only cuts; it never rewrites what it keeps. Work is bounded by the number of blocks it may cut.

/** Elements written by harnesses, not by people; the content goes with the tag. Names as the agents send them. */
const HARNESS_TAGS: ReadonlySet<string> = new Set([
  'system-reminder',
  'system_reminder',
  'environment_details',
  'environment_context',
  'environment-details',
  'ide_selection',
  'ide_opened_file',
  'ide_diagnostics',
  'user_info',
  'user_instructions',
  'project_layout',
  'git_status',
  'open_and_recently_viewed_files',
  'attached_files',
  'tool_result',
  'tool_results',
  'tool_response',
  'tool-result',
  'function_results',
  'function_result',
  'local-command-stdout',
  'local-command-stderr',
  'local-command-caveat',
  'command-message',
  'command-name',
  'command-contents',
  'bash-stdout',
  'bash-stderr',
  'file_contents',
  'user-prompt-submit-hook',
  'feedback_instructions',
  'context_window',
  'cursor_rules',
  'workspace_info',
  'editorcontext',
  'reminderinstructions',
]);

/** Elements that wrap the person's words themselves: the tag goes, the content stays. */
const PERSON_TAGS: ReadonlySet<string> = new Set([
  'user_query',
  'user-query',
  'userrequest',
  'user_request',
  'user_message',
  'task',
  'feedback',
  'answer',
]);

/** More blocks than any harness sends; beyond it the text is scored as it stands instead of being searched on. */
const MAX_BLOCKS = 64;

/** Pasted markup is full of `<`; looking at more of them would make a 100 KB page slow. Harnesses put theirs near the ends. */
const MAX_CANDIDATES = 2048;

/** A tag name longer than this is not one of ours, so looking for its end can stop. */
const MAX_TAG_LENGTH = 64;

/** The part of a user message that a person wrote; `''` when nothing is left. */
export function userText(text: string): string {
  if (!text.includes('<')) return text.trim();
  let kept = '';
  let from = 0;
  let searchFrom = 0;
  let blocks = 0;
  for (let candidates = 0; candidates < MAX_CANDIDATES && blocks < MAX_BLOCKS; candidates += 1) {
    const open = text.indexOf('<', searchFrom);
    if (open < 0) break;
    const cut = cutAt(text, open);
    if (cut === undefined) {
      searchFrom = open + 1;
      continue;
    }
    // The line break keeps what stood on both sides of a block from growing together into a new tag.
    kept += `${text.slice(from, open)}\n`;
    from = cut;
    searchFrom = cut;
    blocks += 1;
  }
  return (kept + text.slice(from)).trim();
}

/** Where the text goes on after the block or tag that opens at `open`; `undefined` when it is ordinary text. */
function cutAt(text: string, open: number): number | undefined {
  const closing = text.charCodeAt(open + 1) === 47;
  const nameStart = closing ? open + 2 : open + 1;
  const nameEnd = tagNameEnd(text, nameStart);
  if (nameEnd === nameStart) return undefined;
  const name = text.slice(nameStart, nameEnd);
  const lowered = name.toLowerCase();
  const harness = HARNESS_TAGS.has(lowered);
  if (!harness && !PERSON_TAGS.has(lowered)) return undefined;
  const tagEnd = text.indexOf('>', nameEnd);
  if (tagEnd < 0 || tagEnd - open > 4 * MAX_TAG_LENGTH) return undefined;
  if (!harness || closing || text.charCodeAt(tagEnd - 1) === 47) return tagEnd + 1;
  const close = `</${name}>`;
  const end = text.indexOf(close, tagEnd + 1);
  // An unclosed block is cut to the end: harnesses truncate their own context, people do not open these tags.
  return end < 0 ? text.length : end + close.length;
}

function tagNameEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + MAX_TAG_LENGTH);
  let at = start;
  while (at < limit && isNameCode(text.charCodeAt(at))) at += 1;
  return at;
}

function isNameCode(code: number): boolean {
  const letter = code | 32;
  return (letter >= 97 && letter <= 122) || code === 45 || code === 95 || (code >= 48 && code <= 57);
}
