// `npm run record -- --provider openai --model gpt-5-mini --case text`: makes one real call, with the request that the
// provider itself encodes, and keeps the bytes of the answer as a fixture of test/providers-decode.test.ts. Beside it
// go the events that they decode to, to be read by a person before they are believed. Refuses without an API key.

import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ChatRequest } from '../protocol/chat-request.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import type { Provider, UpstreamCall } from '../providers/provider.ts';
import { providerNamed } from '../providers/registry.ts';

const USAGE = `usage: npm run record -- --provider <name> --model <upstream model> --case <case>
  [--flavour <name>] [--url <base URL>] [--key-variable <NAME>]   (the last two for a server of your own)`;

const FIXTURES = path.join(import.meta.dirname, '..', 'test', 'fixtures');

/** As in the suite that replays fixtures: their durations and ids are made from it. */
const NOW_MS = 1000;
const MAX_EVENT_BYTES = 1024 * 1024;

const BASE: ChatRequest = {
  model: 'auto',
  messages: [],
  stream: true,
  includeUsage: true,
  maxOutputTokens: 1024,
  tools: [],
  parameters: {},
};

const WEATHER = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of one city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

const CASES: Readonly<Record<string, ChatRequest>> = {
  text: asking('Say hello in Japanese, with one emoji.'),
  'tool-call': { ...asking('What is the weather in Rome?'), tools: [WEATHER] },
  'parallel-tool-calls': {
    ...asking('What is the weather in Rome and in Oslo? Ask for both at once.'),
    tools: [WEATHER],
  },
  thinking: { ...asking('Is 391 a prime?'), maxOutputTokens: 4096, parameters: { reasoning_effort: 'low' } },
  'cut-by-length': { ...asking('Count to one hundred in words.'), maxOutputTokens: 20 },
  json: {
    ...asking('Name two colours as {"colours": […]} in JSON.'),
    responseFormat: { type: 'json_object' },
  },
};

/** What was asked for cannot be recorded; the message says what to change. */
export class RecordRefusal extends Error {}

export type RecordOptions = {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly case?: string | undefined;
  readonly flavour?: string | undefined;
  readonly url?: string | undefined;
  readonly 'key-variable'?: string | undefined;
};

export type Recording = {
  readonly provider: Provider;
  readonly flavour: string | null;
  readonly url: string;
  readonly request: RequestInit;
  /** Without the ending. */
  readonly fixture: string;
  readonly source: string;
};

/** Throws a RecordRefusal. `today`: ISO date for the fixture's source. */
export function planRecording(
  options: RecordOptions,
  env: Readonly<Record<string, string | undefined>>,
  today: string,
): Recording {
  const { model } = options;
  const provider = providerNamed(options.provider ?? '');
  if (provider === null) throw new RecordRefusal(`--provider must name a folder of providers/\n${USAGE}`);
  if (model === undefined) throw new RecordRefusal(`--model is missing\n${USAGE}`);
  const request = CASES[options.case ?? ''];
  if (request === undefined)
    throw new RecordRefusal(`--case must be one of ${Object.keys(CASES).join(', ')}`);
  const flavour = options.flavour ?? null;
  if (flavour !== null && !provider.flavours.includes(flavour)) {
    throw new RecordRefusal(`--flavour must be one of ${provider.flavours.join(', ') || '(there are none)'}`);
  }
  const lacking = provider.lacks(request, flavour);
  if (lacking !== null) throw new RecordRefusal(`${provider.name} does not support ${lacking}`);
  const call = provider.encode(request, { upstreamModel: model, flavour });
  return {
    provider,
    flavour,
    ...requestOf(call, provider, options, env),
    fixture: path.join(
      provider.name,
      ['recorded', options.case].join('-') + (flavour === null ? '' : `.${flavour}`),
    ),
    source: `recorded — ${model} on ${today}`,
  };
}

function requestOf(
  call: UpstreamCall,
  provider: Provider,
  options: RecordOptions,
  env: Readonly<Record<string, string | undefined>>,
): Pick<Recording, 'url' | 'request'> {
  if (call.type === 'binding') {
    throw new RecordRefusal(`${provider.name} is reached by a binding only, which exists inside a Worker`);
  }
  const baseUrl = options.url ?? env[provider.server?.baseUrlVariable ?? ''] ?? provider.server?.baseUrl;
  if (baseUrl === undefined)
    throw new RecordRefusal(`${provider.name} has no servers of its own: give --url`);
  const keyVariable = options['key-variable'] ?? provider.server?.keyVariable;
  const key = keyVariable === undefined ? '' : (env[keyVariable] ?? '');
  if (keyVariable !== undefined && key === '') {
    throw new RecordRefusal(`${keyVariable} is not set: a real call needs the provider's API key`);
  }
  const keyHeaders = key === '' ? {} : provider.keyHeaders(key);
  const headers = { ...call.headers, ...keyHeaders, 'content-type': 'application/json' };
  return {
    url: baseUrl + call.path,
    request: { method: 'POST', headers, body: call.body, redirect: 'error' },
  };
}

/** What the server sent, and what it means to the provider's decoder. */
export async function record(
  { provider, flavour, url, request }: Recording,
  send: (url: string, request: RequestInit) => Promise<Response>,
): Promise<{ readonly text: string; readonly events: readonly DecodedEvent[] }> {
  const response = await send(url, request);
  const text = await response.text();
  if (response.status !== 200) throw new RecordRefusal(`HTTP ${response.status}: ${text.slice(0, 500)}`);
  const decoder = provider.decoder(MAX_EVENT_BYTES, flavour);
  return { text, events: [...decoder.push(text, NOW_MS), ...decoder.close(NOW_MS)] };
}

/** Writes the fixture into `folder` and returns its file. Never over an older one. */
export function keep(
  { fixture, source }: Recording,
  { text, events }: { readonly text: string; readonly events: readonly DecodedEvent[] },
  folder: string,
): string {
  const isSse = /^(?:data|event|:)/m.test(text);
  const file = path.join(folder, `${fixture}.${isSse ? 'sse' : 'ndjson'}`);
  if (existsSync(file)) throw new RecordRefusal(`${file} exists: remove it first`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, isSse ? `: source: ${source}\n\n${text}` : text);
  // JSON lines have no comments: their sources stand in a file beside them.
  if (!isSse)
    appendFileSync(path.join(path.dirname(file), 'SOURCE.md'), `- \`${path.basename(file)}\`: ${source}\n`);
  const lines = events.map((event) => `  ${JSON.stringify(event)}`);
  writeFileSync(path.join(folder, `${fixture}.json`), `[\n${lines.join(',\n')}\n]\n`);
  return file;
}

function asking(text: string): ChatRequest {
  return { ...BASE, messages: [{ role: 'user', content: [{ type: 'text', text }] }] };
}

function optionsOf(words: readonly string[]): RecordOptions {
  const text = { type: 'string' } as const;
  const known = { provider: text, model: text, case: text, flavour: text, url: text, 'key-variable': text };
  return parseArgs({ args: [...words], options: known }).values;
}

if (process.argv[1] === import.meta.filename) {
  try {
    const recording = planRecording(
      optionsOf(process.argv.slice(2)),
      process.env,
      new Date().toISOString().slice(0, 10),
    );
    const answer = await record(recording, fetch);
    console.log(
      `${keep(recording, answer, FIXTURES)}: ${answer.events.length} events. Read them before you commit.`,
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
