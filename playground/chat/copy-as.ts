// The same request as somebody would write it: for a shell, for OpenAI's client, for the AI SDK. Each snippet runs as it is.

import type { ChatRequest, ChatTool } from '../stream/start-generation.ts';

export const SNIPPETS = ['curl', 'openai', 'ai-sdk'] as const;
export type SnippetKind = (typeof SNIPPETS)[number];

export type Copied = {
  /** Without `/v1`. */
  readonly origin: string;
  readonly request: ChatRequest;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the deployment wants a key: the key itself is never copied. */
  readonly hasKey: boolean;
};

export function snippet(kind: SnippetKind, copied: Copied): string {
  switch (kind) {
    case 'curl':
      return curl(copied);
    case 'openai':
      return openai(copied);
    case 'ai-sdk':
      return aiSdk(copied);
  }
}

function curl({ origin, request, headers, hasKey }: Copied): string {
  const lines = Object.entries({ 'content-type': 'application/json', ...headers }).map(
    ([name, value]) => `  -H '${name}: ${value}' \\`,
  );
  const key = hasKey ? ['  -H "authorization: Bearer $EDGEWAYS_API_KEY" \\'] : [];
  const body = JSON.stringify({ ...request, stream: true }).replaceAll("'", String.raw`'\''`);
  return [`curl -N ${origin}/v1/chat/completions \\`, ...lines, ...key, `  -d '${body}'`, ''].join('\n');
}

function openai({ origin, request, headers, hasKey }: Copied): string {
  return `import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: '${origin}/v1',
  apiKey: ${apiKey(hasKey)},${field('defaultHeaders', headers)}
});
const stream = await client.chat.completions.create(${json({ ...request, stream: true }, 0)});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
`;
}

function aiSdk({ origin, request, headers, hasKey }: Copied): string {
  const { tools = [] } = request;
  return `import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ${tools.length > 0 ? 'jsonSchema, ' : ''}streamText } from 'ai';

const edgeways = createOpenAICompatible({
  name: 'edgeways',
  baseURL: '${origin}/v1',
  apiKey: ${apiKey(hasKey)},${field('headers', headers)}
});
const { textStream } = streamText({
  model: edgeways('${request.model}'),
  messages: ${json(request.messages, 2)},${aiSdkTools(tools)}
});
for await (const text of textStream) process.stdout.write(text);
`;
}

function aiSdkTools(tools: readonly ChatTool[]): string {
  if (tools.length === 0) return '';
  const lines = tools.map(({ function: { name, description, parameters } }) =>
    [
      `    ${name}: {`,
      `      description: ${json(description, 0)},`,
      `      inputSchema: jsonSchema(${json(parameters, 6)}),`,
      '    },',
    ].join('\n'),
  );
  return `\n  tools: {\n${lines.join('\n')}\n  },`;
}

function apiKey(hasKey: boolean): string {
  return hasKey ? 'process.env.EDGEWAYS_API_KEY' : "'local'";
}

/** A line of its own, or nothing when there are no headers. */
function field(name: string, headers: Copied['headers']): string {
  return Object.keys(headers).length === 0 ? '' : `\n  ${name}: ${json(headers, 2)},`;
}

function json(value: unknown, indent: number): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${' '.repeat(indent)}`);
}
