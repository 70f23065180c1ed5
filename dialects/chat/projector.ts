// Log → chat completion chunks. Frame n depends on its event, the facts, and the model last named before it.
// Invariant: one content event is one frame, so positions can be counted without building them; the last frame
// is `[DONE]` after success and the error object (never `[DONE]`) after a failure.
// A frame is built per token: all that is constant in a generation is serialised once, here only the text is.

import type { StreamEvent, ToolStartEvent } from '../../protocol/events.ts';
import type { GenerationFacts, Projector } from '../../protocol/projection.ts';
import type { Frame } from '../../protocol/sse.ts';
import { chatUsage, completionId, createdSeconds, extension, toChatFinishReason } from './answer-fields.ts';

type DoneEvent = Extract<StreamEvent, { type: 'done' }>;

/** What clients wait for after a complete answer. */
const DONE: Frame = { data: '[DONE]' };

const NO_FRAMES: readonly Frame[] = [];

export function chatProjector(facts: GenerationFacts): Projector {
  let now = facts;
  let delta = deltaAround(now);
  // Both ways of reading pass every event in order, so both know the model that answers.
  const follow = (event: StreamEvent): void => {
    if (event.type !== 'route_changed' || event.model === now.model) return;
    now = { ...now, model: event.model };
    delta = deltaAround(now);
  };
  return {
    format: 'c',
    count: (event) => {
      follow(event);
      return frameCount(event, facts.includeUsage);
    },
    frames: (event) => {
      // The hot path first: nearly every event of a log is one of these.
      if (event.type === 'text_delta')
        return [{ data: `${delta.text}${JSON.stringify(event.text)}${delta.end}` }];
      follow(event);
      return rareFrames(event, now, delta);
    },
    reset: () => null,
    failure: (code, message) => errorFrame(code, message, 'stream_error'),
  };
}

/** The constant text of a chunk, up to where its delta starts, up to its content, and after either. */
type DeltaTexts = { readonly start: string; readonly text: string; readonly end: string };

function deltaAround(facts: GenerationFacts): DeltaTexts {
  const start = `${chunkStart(facts)}"choices":[{"index":0,"delta":{`;
  return {
    start,
    text: `${start}"content":`,
    end: `},"logprobs":null,"finish_reason":null}]${chunkEnd(facts)}`,
  };
}

function chunkStart(facts: GenerationFacts): string {
  const model = JSON.stringify(facts.model);
  const created = createdSeconds(facts);
  const id = JSON.stringify(completionId(facts));
  return `{"id":${id},"object":"chat.completion.chunk","created":${created},"model":${model},`;
}

/** With `include_usage`, OpenAI sends `usage: null` on every chunk but the last. */
function chunkEnd(facts: GenerationFacts): string {
  return facts.includeUsage ? ',"usage":null}' : '}';
}

function frameCount(event: StreamEvent, includeUsage: boolean): number {
  switch (event.type) {
    case 'route':
    case 'text_delta':
    case 'thinking':
    case 'thinking_part':
    case 'tool_start':
    case 'tool_delta':
    case 'error':
      return 1;
    case 'route_changed':
    case 'status':
    case 'tool_end':
      return 0;
    case 'done':
      return includeUsage ? 3 : 2;
  }
}

function rareFrames(event: StreamEvent, facts: GenerationFacts, delta: DeltaTexts): readonly Frame[] {
  const chunk = (fields: string): readonly Frame[] => [{ data: `${delta.start}${fields}${delta.end}` }];
  switch (event.type) {
    case 'route':
      return chunk('"role":"assistant","content":""');
    case 'text_delta':
      return chunk(`"content":${JSON.stringify(event.text)}`);
    case 'thinking': {
      // Two names are in use for reasoning text, and each client reads only one of them.
      const text = JSON.stringify(event.text);
      return chunk(`"reasoning_content":${text},"reasoning":${text}`);
    }
    case 'thinking_part':
      return chunk(`"reasoning_details":[${JSON.stringify(event.part)}]`);
    case 'tool_start':
      return chunk(`"tool_calls":[${JSON.stringify(startedCall(event))}]`);
    case 'tool_delta': {
      const more = { index: event.index, function: { arguments: event.args } };
      return chunk(`"tool_calls":[${JSON.stringify(more)}]`);
    }
    case 'route_changed':
    case 'status':
    case 'tool_end':
      return NO_FRAMES;
    case 'done':
      return doneFrames(event, facts);
    case 'error':
      return [errorFrame(event.code, event.message, 'upstream_error')];
  }
}

function startedCall(event: ToolStartEvent): object {
  const call = { name: event.tool, arguments: event.args };
  return { index: event.index, id: event.id, type: 'function', function: call };
}

function doneFrames(event: DoneEvent, facts: GenerationFacts): readonly Frame[] {
  const start = chunkStart(facts);
  const reason = JSON.stringify(toChatFinishReason(event.finish_reason));
  const choice = `{"index":0,"delta":{},"logprobs":null,"finish_reason":${reason}}`;
  const finish: Frame = { data: `${start}"choices":[${choice}]${chunkEnd(facts)}` };
  if (!facts.includeUsage) return [finish, DONE];
  const all = JSON.stringify({ usage: chatUsage(event.usage), ...extension(event) });
  const usage: Frame = { data: `${start}"choices":[],${all.slice(1)}` };
  return [finish, usage, DONE];
}

/** No `choices`: that is how clients tell a failure from a chunk and throw instead of ending silently. */
function errorFrame(code: string, message: string, type: string): Frame {
  return { data: JSON.stringify({ error: { message, type, param: null, code } }) };
}
