// What a person can do about a refusal, by its code. The server's own sentence says what happened; this says what helps here.

import type { ApiProblem } from '../../web/api-client.ts';

const ADVICE: Readonly<Record<string, string>> = {
  missing_key: 'Type in an API key below. It stays in this tab.',
  unknown_key: 'Type in another API key below.',
  not_configured: 'The operator has to finish the setup; the message names what is missing.',
  foreign_host: 'Open this page by localhost or 127.0.0.1.',
  too_many_streams: 'Other answers are still running. Stop one, or wait until it has ended.',
  too_many_streams_from_address: 'Other answers are still running. Stop one, or wait until it has ended.',
  too_many_requests: 'Wait a moment, then send it again.',
  too_many_tokens: 'Wait a moment, or send a shorter history: “New chat” begins without one.',
  too_many_followers: 'Close a tab that follows this answer.',
  budget_spent: 'The budget of this period is spent. GET /v1/budget says when the next one begins.',
  context_too_long: 'The history fits no model. “New chat” begins without one.',
  data_locality: 'This prompt may not leave the edge: choose “Auto” or “Edge”.',
  upstream_denied: 'The operator has to mend a provider’s key or a model’s name.',
  upstream_rejected: 'The model refuses this very request. Change it.',
  expired: 'The answer was kept for a time, and that is over. Regenerate it.',
  unknown_stream: 'The link may be cut off. Open the second tab from the answer once more.',
  bad_ticket: 'The link may be cut off. Open the second tab from the answer once more.',
  connection_lost: 'Reload the page when you are online: it reads on.',
  unreachable: 'Start it with `npm start`, then send it again.',
};

export function whatToDo({ code, retryAfterMs }: Pick<ApiProblem, 'code' | 'retryAfterMs'>): string {
  return ADVICE[code] ?? (retryAfterMs === null ? 'Change the request, or try once more.' : '');
}

export function wantsKey({ status, code }: ApiProblem): boolean {
  return status === 401 && code !== 'bad_ticket';
}
