// One real HTTP server on loopback that speaks every dialect and fails in every way: the last part of the model's name
// says which script it plays. It counts its calls and sees when each connection closes; it keeps no timers, so whatever
// is late here is late by the client's own clock.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createPort, type AddressInfo } from 'node:net';
import type { DialectScript, ScriptBody, ScriptMessage } from './dialect-scripts/dialect-script.ts';
import { ANTHROPIC_MESSAGES } from './dialect-scripts/anthropic-messages.ts';
import { GEMINI_STREAM } from './dialect-scripts/gemini-stream.ts';
import { OPENAI_CHAT } from './dialect-scripts/openai-chat.ts';
import { WORKERS_AI_RUN } from './dialect-scripts/workers-ai-run.ts';
import { answerWell, isFault, playFault, refuse, type Stage } from './faults.ts';
import { restOfAnswer } from './faithful-answer.ts';

export const DIALECT_SCRIPTS: readonly DialectScript[] = [
  OPENAI_CHAT,
  ANTHROPIC_MESSAGES,
  GEMINI_STREAM,
  WORKERS_AI_RUN,
];

/** The script of a model that answers well. */
export const HEALTHY = 'healthy';

export type FaultyCall = {
  readonly dialect: string;
  readonly script: string;
  /** The first user message: it tells the calls of one request from those of another. */
  readonly question: string;
  readonly messages: readonly ScriptMessage[];
  /** Who closed the connection, and when by `performance.now()`. */
  readonly closed: Promise<{ readonly by: 'peer' | 'us'; readonly atMs: number }>;
  readonly isOpen: () => boolean;
};

export type FaultyUpstream = {
  /** Without a path. */
  readonly url: string;
  /** An address where nobody listens. */
  readonly closedUrl: string;
  readonly calls: readonly FaultyCall[];
  /** The client has read this much of the answer to its question: plays that wait for it go on. */
  saw(question: string, text: string): void;
  dispose(): Promise<void>;
};

export async function startFaultyUpstream(): Promise<FaultyUpstream> {
  const calls: FaultyCall[] = [];
  const waiting: { readonly question: string; readonly said: string; readonly seen: () => void }[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const stage = await stageOf(request, response);
    if (stage === null) {
      response.writeHead(404).end('no such path');
      return;
    }
    calls.push(stage.call);
    const { question } = stage.call;
    await play({
      ...stage,
      seen: (said) => new Promise((resolve) => waiting.push({ question, said, seen: resolve })),
    });
  };
  const server = createServer({ keepAlive: false, noDelay: true }, (request, response) => {
    take(request, response).catch(() => response.destroy()); // the client left in the middle of its request
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    closedUrl: await closedUrl(),
    calls,
    saw: (question, text) => {
      for (const wait of waiting) if (wait.question === question && text.endsWith(wait.said)) wait.seen();
    },
    dispose: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type OpenedStage = Omit<Stage, 'seen'> & { readonly call: FaultyCall; readonly lacks: string | null };

async function stageOf(request: IncomingMessage, response: ServerResponse): Promise<OpenedStage | null> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request as AsyncIterable<Uint8Array>) pieces.push(piece);
  const body = JSON.parse(Buffer.concat(pieces).toString()) as ScriptBody;
  const path = request.url ?? '';
  for (const dialect of DIALECT_SCRIPTS) {
    const script = dialect.scriptOf(path, body);
    if (script === null) continue;
    let leftByUs = false;
    const messages = dialect.messages(body);
    const question = messages.find(({ role }) => role === 'user')?.text ?? '';
    const closed = once(response, 'close').then(() => ({
      by: response.writableFinished || leftByUs ? ('us' as const) : ('peer' as const),
      atMs: performance.now(),
    }));
    return {
      dialect,
      response,
      pieces: restOfAnswer(messages),
      reset: () => {
        leftByUs = true;
        response.socket?.resetAndDestroy();
      },
      call: {
        dialect: dialect.title,
        script,
        question,
        messages,
        closed,
        isOpen: () => !response.closed,
      },
      lacks: dialect.lacks(request.headers, body),
    };
  }
  return null;
}

async function play(stage: Stage & OpenedStage): Promise<void> {
  const { script, messages } = stage.call;
  if (stage.lacks !== null) refuse(stage, 400);
  else if (!isFault(script)) answerWell(stage);
  // A provider that was lost in mid-answer is still down when it is asked to go on.
  else if (messages.some(({ role }) => role === 'assistant')) refuse(stage, 503);
  else await playFault(script, stage);
}

/** A port that was free a moment ago. */
async function closedUrl(): Promise<string> {
  const port = createPort();
  port.listen(0, '127.0.0.1');
  await once(port, 'listening');
  const { port: number } = port.address() as AddressInfo;
  port.close();
  await once(port, 'close');
  return `http://127.0.0.1:${number}`;
}
