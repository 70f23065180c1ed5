// What a scripted model server needs to know of the dialect it speaks: where a call names its model, what a client has
// to send, and the bytes of each thing a server says. Written from the providers' public documentation, not from the
// product's encoders and decoders: a misreading shared by both sides would show nothing.

import type { IncomingHttpHeaders } from 'node:http';

export type ScriptMessage = { readonly role: 'user' | 'assistant'; readonly text: string };

export type ScriptBody = Readonly<Record<string, unknown>>;

export type DialectScript = {
  /** Heading in the tables. */
  readonly title: string;
  /** The folder in providers/ that speaks it. */
  readonly provider: string;
  readonly endpoint: 'edge' | 'cloud';
  /** Calls over a binding: there is no status, no header and no redirect. */
  readonly isBinding: boolean;
  /** The upstream's name for the model that plays this script. */
  upstreamModel(script: string): string;
  /** The script that a call asks for, by the name of its model; null: it is not a call in this dialect. */
  scriptOf(path: string, body: ScriptBody): string | null;
  /** What the documentation demands and this call lacks; null: nothing. */
  lacks(headers: IncomingHttpHeaders, body: ScriptBody): string | null;
  /** What the call carries as conversation, system text left out. */
  messages(body: ScriptBody): readonly ScriptMessage[];
  /** What comes before the first text. */
  readonly opening: string;
  text(text: string): string;
  /** The complete end of an answer that stopped by itself. */
  readonly ending: string;
  /** The server gives up inside a stream. */
  readonly failure: string;
  /** Body of an answer with this status. */
  refusal(status: number): string;
};

/** The test's only API key. */
export const SCRIPT_KEY = 'key-of-the-scripts';

/** One server-sent event. */
export function dataLine(payload: object): string {
  return `data: ${JSON.stringify(payload)}\n\n`;
}

export function isObject(value: unknown): value is ScriptBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list; anything else in it is left out. */
export function objects(list: unknown): readonly ScriptBody[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** Text that stands either as a string or in parts with a `text`. */
export function textOfParts(content: unknown): string {
  if (typeof content === 'string') return content;
  return objects(content)
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .join('');
}

/** Conversations of the dialects whose messages are `{role, content}`. */
export function roleMessages(list: unknown): readonly ScriptMessage[] {
  return objects(list)
    .filter(({ role }) => role === 'user' || role === 'assistant')
    .map(({ role, content }) => ({
      role: role === 'user' ? ('user' as const) : ('assistant' as const),
      text: textOfParts(content),
    }));
}
