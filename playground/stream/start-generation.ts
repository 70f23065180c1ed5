// Asks for an answer. What comes back is where to read it: the answer itself is always read by the stream's follower, so
// that the first connection, a resumed one and a second tab are the same thing.

import { type ApiAnswer, openApi } from '../../web/api-client.ts';

export type ChatMessage = { readonly role: 'user' | 'assistant'; readonly content: string };

export type ChatTool = {
  readonly type: 'function';
  readonly function: { readonly name: string; readonly description: string; readonly parameters: object };
};

export type ChatRequest = {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ChatTool[];
};

export type Question = {
  readonly request: ChatRequest;
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string | null;
};

export type Started = {
  /** Whose id names the stream for stop, feedback and report. */
  readonly streamId: string;
  /** Of the typed stream, with its ticket; null: this answer has no log, and its only connection is `response`. */
  readonly path: string | null;
  readonly response: Response;
};

export async function startGeneration(question: Question, signal: AbortSignal): Promise<ApiAnswer<Started>> {
  const { request, headers, key } = question;
  const opened = await openApi({
    path: '/v1/chat/completions',
    key,
    body: { ...request, stream: true, stream_options: { include_usage: true } },
    headers,
    signal,
  });
  if (!opened.ok) return opened;
  const response = opened.value;
  const path = /<([^>]+)>;\s*rel="resume"/.exec(response.headers.get('link') ?? '')?.[1] ?? null;
  const streamId = response.headers.get('x-edgeways-stream') ?? '';
  // A connection that only told where to read: what it would bring is in the log.
  if (path !== null) await response.body?.cancel();
  return { ok: true, value: { streamId, path, response } };
}
