// Finds the line of a route table that answers a request. A line is `METHOD /path`, with at most one `:id` segment;
// the first line that fits answers. Which methods a path takes is read from the same lines, so nothing can disagree
// with them. Paths are compared exactly: a slash at the end is another path.

import type { Refusal } from '../protocol/errors.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';

export type RouteTable<Answer> = Readonly<Record<`${string} /${string}`, Answer>>;

/** `id` is the decoded `:id` segment, empty on a path without one. */
type Route<Answer> = { readonly answer: Answer; readonly id: string };

export function findRoute<Answer>(
  table: RouteTable<Answer>,
  method: string,
  pathname: string,
): Result<Route<Answer>, Refusal> {
  const segments = pathname.split('/').map(decode);
  // The head of an answer is what the answer itself would carry.
  const wanted = method === 'HEAD' ? 'GET' : method;
  const allowed: string[] = [];
  for (const [line, answer] of Object.entries(table)) {
    const [taken = '', path = ''] = line.split(' ');
    const id = idOf(path.split('/'), segments);
    if (id === null) continue;
    if (taken === wanted) return ok({ answer, id });
    allowed.push(taken);
  }
  return refuse(
    allowed.length === 0
      ? { reason: 'unknown_route' }
      : { reason: 'method_not_allowed', allow: allowed.join(', ') },
  );
}

/** Null when the path is another one; an empty segment is no id. */
function idOf(pattern: readonly string[], segments: readonly (string | null)[]): string | null {
  if (pattern.length !== segments.length) return null;
  let id = '';
  for (const [at, part] of pattern.entries()) {
    const segment = segments[at];
    if (part === ':id' && segment) id = segment;
    else if (part !== segment) return null;
  }
  return id;
}

/** Null for what is no UTF-8, which then equals no segment of the table. */
function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
