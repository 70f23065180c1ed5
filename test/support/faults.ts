// Every way in which a scripted server lets its client down, played over a real socket. What a fault looks like in
// bytes is the dialect's; when it happens is decided here. A play that waits for nothing more ends by itself.

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { DialectScript } from './dialect-scripts/dialect-script.ts';

/** What one call gets to play with. */
export type Stage = {
  readonly dialect: DialectScript;
  readonly response: ServerResponse;
  /** What is left to say of the answer, piece by piece. */
  readonly pieces: readonly string[];
  /** Resolves when the client has everything that was said; a reset before would take it away in the kernel's buffers. */
  readonly seen: (said: string) => Promise<void>;
  /** The connection is gone, and it was us. */
  readonly reset: () => void;
};

type Play = (stage: Stage) => void | Promise<void>;

/** Pieces that are said before a fault in mid-answer. */
const SPOKEN = 5;

/** The names are the last part of the upstream model's name. */
const PLAYS = {
  refused: null, // the model's endpoint is a closed port
  'dns-failure': null, // the model's endpoint has a name that never resolves
  reset: ({ reset }) => reset(),
  'status-401': (stage) => refuse(stage, 401),
  'status-429': (stage) => refuse(stage, 429, { 'retry-after': '1' }),
  'status-500': (stage) => refuse(stage, 500),
  'status-503': (stage) => refuse(stage, 503),
  'status-529': (stage) => refuse(stage, 529),
  'slow-headers': () => undefined,
  'stall-before-content': (stage) => say(stage, stage.dialect.opening),
  garbage: (stage) => end(stage, 'data: }{\u0000\uFFFD not json\n\n'),
  'web-page': (stage) => end(stage, '<!doctype html><title>Welcome</title>\n\n'),
  'endless-line': endlessLine,
  gzip: (stage) => {
    stage.response.setHeader('content-encoding', 'gzip');
    head(stage);
    stage.response.end(gzipSync(Buffer.from(wholeAnswer(stage))));
  },
  redirect: (stage) => refuse(stage, 302, { location: '/elsewhere' }),
  'empty-answer': (stage) => end(stage, stage.dialect.opening + stage.dialect.ending),
  'error-first': (stage) => end(stage, stage.dialect.opening + stage.dialect.failure),
  'stall-after-content': (stage) => speak(stage),
  'death-after-tokens': async (stage) => {
    await speak(stage);
    stage.reset();
  },
  'early-close': async (stage) => {
    await speak(stage);
    stage.response.end();
  },
  'truncated-json': async (stage) => {
    await speak(stage);
    const next = stage.dialect.text(stage.pieces[SPOKEN] ?? '');
    stage.response.end(next.slice(0, next.length / 2));
  },
  'error-after-tokens': async (stage) => {
    await speak(stage);
    end(stage, stage.dialect.failure);
  },
} as const satisfies Readonly<Record<string, Play | null>>;

export type Fault = keyof typeof PLAYS;

export const FAULTS = Object.keys(PLAYS) as readonly Fault[];

/** These need an address of their own: no server can play them. */
export const FAULTY_ADDRESSES: readonly Fault[] = ['refused', 'dns-failure'];

/** The client has read a part of the answer before these happen. */
export const FAULTS_IN_MID_ANSWER: readonly Fault[] = [
  'stall-after-content',
  'death-after-tokens',
  'early-close',
  'truncated-json',
  'error-after-tokens',
];

/** A binding hands out a stream, not a response: it has neither redirects nor encodings. */
export const FAULTS_OF_HTTP: readonly Fault[] = ['gzip', 'redirect'];

export function isFault(name: string): name is Fault {
  return Object.hasOwn(PLAYS, name);
}

export async function playFault(fault: Fault, stage: Stage): Promise<void> {
  await PLAYS[fault]?.(stage);
}

/** The whole answer, piece by piece, with its proper end. */
export function answerWell(stage: Stage): void {
  head(stage);
  stage.response.write(stage.dialect.opening);
  for (const piece of stage.pieces) stage.response.write(stage.dialect.text(piece));
  stage.response.end(stage.dialect.ending);
}

export function spokenText(pieces: readonly string[]): string {
  return pieces.slice(0, SPOKEN).join('');
}

/** An answer without a stream. */
export function refuse(
  { response, dialect }: Stage,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(dialect.refusal(status));
}

async function speak(stage: Stage): Promise<void> {
  say(stage, stage.dialect.opening);
  for (const piece of stage.pieces.slice(0, SPOKEN)) stage.response.write(stage.dialect.text(piece));
  await stage.seen(spokenText(stage.pieces));
}

async function endlessLine(stage: Stage): Promise<void> {
  const { response, dialect } = stage;
  say(stage, dialect.opening + dialect.text('').trimEnd().slice(0, -1));
  const closed = once(response, 'close');
  const letters = Buffer.alloc(16 * 1024, 'x');
  while (!response.destroyed)
    if (!response.write(letters)) await Promise.race([once(response, 'drain'), closed]);
}

function wholeAnswer({ dialect, pieces }: Stage): string {
  return dialect.opening + pieces.map(dialect.text).join('') + dialect.ending;
}

function head({ response }: Stage): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
}

function say(stage: Stage, text: string): void {
  head(stage);
  stage.response.write(text);
}

function end(stage: Stage, text: string): void {
  head(stage);
  stage.response.end(text);
}
