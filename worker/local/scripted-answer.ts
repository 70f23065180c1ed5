// What the local stand-ins say. Invariant: every text says that no model ran; the same question always gets the
// same answer. It knows no wire format: `local-ai.ts` and `local-cloud.ts` speak theirs.

import { isJsonObject, type JsonObject } from '../../protocol/json.ts';
import { UNDIRECTED, type Directions, type Speaker } from './directions.ts';
import { exampleOf } from './scripted-json.ts';
import type { ScriptedQuestion, ScriptedTool } from './scripted-question.ts';

export type ScriptedAnswer = {
  /** The text in pieces of about a token; empty when a tool is called. */
  readonly pieces: readonly string[];
  /** What comes before it as thinking, in such pieces too; empty unless it was directed. */
  readonly thinking: readonly string[];
  readonly toolCall: { readonly name: string; readonly args: JsonObject } | null;
  readonly finishReason: 'stop' | 'length' | 'tool_calls';
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
  };
};

/** Letters of the question that are repeated back. */
const ECHOED_LENGTH = 120;

/** "count to 500" makes an answer of a wished length, to try disconnects with; more would be a waste of a terminal. */
const MAX_COUNT = 2000;

/** The longest piece: long words are several tokens to a model as well. */
const PIECES = /\s*\S{1,8}/gu;

export function scriptedAnswer(
  question: ScriptedQuestion,
  speaker: Speaker,
  directions: Directions = UNDIRECTED,
): ScriptedAnswer {
  const tool = wantedTool(question);
  if (tool !== null) return toolAnswer(question, tool);
  const all =
    question.responseFormat === null
      ? lengthened(piecesOf(prose(question, speaker, directions)), directions.tokens)
      : piecesOf(json(question, question.responseFormat, speaker));
  const pieces = all.slice(0, question.maxTokens ?? all.length);
  const finishReason = pieces.length < all.length ? 'length' : 'stop';
  const thinking = lengthened([], directions.thinking);
  const usage = usageOf(question, pieces.length + thinking.length);
  return { pieces, thinking, toolCall: null, finishReason, usage };
}

function piecesOf(text: string): readonly string[] {
  return text.match(PIECES) ?? [];
}

/** By counting, so that no sentence comes twice: a check of answers takes repetition for a fault. */
function lengthened(pieces: readonly string[], tokens: number): readonly string[] {
  const missing = Math.max(0, tokens - pieces.length);
  return [...pieces, ...Array.from({ length: missing }, (_, index) => ` ${index + 1}`)];
}

/** A tool is called when the client insists, or when the question names it or speaks of tools. */
function wantedTool({ tools, toolChoice, toolResult, text }: ScriptedQuestion): ScriptedTool | null {
  if (toolChoice === 'none' || toolResult !== null) return null;
  const chosen =
    isJsonObject(toolChoice) && isJsonObject(toolChoice['function']) ? toolChoice['function']['name'] : null;
  const named = tools.find(
    (tool) => tool.name === chosen || text.toLowerCase().includes(tool.name.toLowerCase()),
  );
  if (named !== undefined) return named;
  const asked = toolChoice === 'required' || mentions(text, tools);
  return asked ? (tools[0] ?? null) : null;
}

/** True for "use the tool" and for a word of a tool's name ("weather" for `get_weather`). */
function mentions(text: string, tools: readonly ScriptedTool[]): boolean {
  if (/\b(?:tools?|functions?)\b/i.test(text)) return true;
  const words = new Set(text.toLowerCase().match(/[a-z]{4,}/g));
  return tools.some((tool) =>
    tool.name
      .toLowerCase()
      .split(/[_-]/)
      .some((part) => words.has(part)),
  );
}

function toolAnswer(question: ScriptedQuestion, tool: ScriptedTool): ScriptedAnswer {
  const example = exampleOf({ type: 'object', ...tool.parameters }, 'scripted');
  const args = isJsonObject(example) ? example : {};
  const completionTokens = Math.ceil(JSON.stringify(args).length / 4) + 1;
  const usage = usageOf(question, completionTokens);
  return { pieces: [], thinking: [], toolCall: { name: tool.name, args }, finishReason: 'tool_calls', usage };
}

function usageOf(question: ScriptedQuestion, completionTokens: number): ScriptedAnswer['usage'] {
  const { promptTokens } = question;
  const total_tokens = promptTokens + completionTokens;
  return { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens };
}

function prose(question: ScriptedQuestion, speaker: Speaker, { isRefusal }: Directions): string {
  if (question.lastWords !== null)
    return `${question.lastWords} (here the stand-in for ${speaker.model} goes on with a lost answer; no model ran) and this is its end.`;
  const count = /\bcount (?:up )?to (\d+)/i.exec(question.text)?.[1];
  const body =
    count === undefined ? explanation(question, speaker) : counting(Math.min(Number(count), MAX_COUNT));
  const refusal = isRefusal ? "I'm sorry, but I cannot help with that. " : '';
  return `${refusal}${announcement(speaker)}\n\n${body}`;
}

function announcement({ tier, model }: Speaker): string {
  return `This is a scripted stand-in for ${model} in the ${tier} tier: no model ran.`;
}

function counting(last: number): string {
  return Array.from({ length: last }, (_, index) => index + 1).join(' ');
}

function explanation(question: ScriptedQuestion, { tier }: Speaker): string {
  const words = question.text.split(/\s+/).filter((word) => word !== '').length;
  const lines = [
    question.toolResult === null
      ? `You asked, in ${words} words: "${shortened(question.text)}"`
      : `Your tool returned: "${shortened(question.toolResult)}"`,
    '',
    `- Messages in the request: ${question.messageCount}, about ${question.promptTokens} tokens.`,
    `- The router sent it to the ${tier} tier; the response headers tell why.`,
    '- Cut the connection now and resume: no word will be missing and none will come twice.',
    `- Put ${tier === 'edge' ? '`EDGE_BASE_URL`' : '`OPENAI_API_KEY` or `OPENAI_BASE_URL`'} into .dev.vars for a real model.`,
  ];
  if (tier === 'edge') return lines.join('\n');
  return [...lines, '', ...CLOUD_EXTRA].join('\n');
}

/** The cloud tier gets the longer answers, and one code block for clients that render Markdown. */
const CLOUD_EXTRA = [
  'A hard question would get a long answer here. This one is padded, so that there is time to see it stream:',
  '',
  '```ts',
  'const stream = await client.chat.completions.create({ model: "auto", messages, stream: true });',
  'for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? "");',
  '```',
  '',
  'Token counts of a stand-in are estimates of its script.',
];

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const letters = [...line];
  return letters.length <= ECHOED_LENGTH ? line : `${letters.slice(0, ECHOED_LENGTH).join('')}…`;
}

function json(question: ScriptedQuestion, format: JsonObject, speaker: Speaker): string {
  const note = announcement(speaker);
  const wrapped = format['json_schema'];
  if (!isJsonObject(wrapped)) return JSON.stringify({ note, question: shortened(question.text) });
  const schema = isJsonObject(wrapped['schema']) ? wrapped['schema'] : wrapped;
  return JSON.stringify(exampleOf(schema, note));
}
