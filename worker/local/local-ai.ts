// The local stand-in for the Workers AI binding: the same `run`, the same stream shapes (`{"response"}` lines
// for Llama models, `choices[].delta` for the others), the same way to fail. No model runs, and it says so.
// Not in the production bundle: only worker/local.ts imports it.

import { WorkerEntrypoint } from 'cloudflare:workers';
import { isJsonObject, type JsonObject } from '../../protocol/json.ts';
import { chatCompletion, chatLines, dataLine, type StreamLines } from './chat-lines.ts';
import {
  directedPace,
  directionsFor,
  type DirectedFailure,
  type Directions,
  type Speaker,
} from './directions.ts';
import { pacedBy, pacedStream, Pause, type Pace } from './paced-stream.ts';
import { scriptedAnswer, type ScriptedAnswer } from './scripted-answer.ts';
import { readQuestion, type ScriptedQuestion } from './scripted-question.ts';

/** About what small models at the edge do. */
const EDGE_PACE: Pace = { firstMs: 50, gapMs: 15 };

const NO_WAIT: Pace = { firstMs: 0, gapMs: 0 };

const OLDER_MODEL = /\/llama-/;

export type StandInEnv = {
  /** How many times faster than plausible the stand-ins answer; default 1. */
  readonly EDGEWAYS_STANDIN_SPEED?: string;
};

export class LocalAI extends WorkerEntrypoint<StandInEnv> {
  /** Throws like the binding: a message that starts with an internal error code. Options change nothing here. */
  async run(
    model: string,
    inputs: unknown,
    _options?: object,
  ): Promise<ReadableStream<Uint8Array> | JsonObject> {
    if (!/^@(?:cf|hf)\//.test(model)) throw new Error(`5007: No such model ${model} or task`);
    const question = isJsonObject(inputs) ? readQuestion(inputs) : null;
    if (question === null) throw new Error('5006: Error: required properties at / are "messages"');
    const speaker: Speaker = { tier: 'edge', model };
    const directions = directionsFor(isJsonObject(inputs) ? inputs : {}, question, speaker);
    const error = directedError(directions.failure, question.stream);
    if (error !== null) return question.stream ? pacedStream([], dataLine(error), NO_WAIT) : error;
    return this.#answer(question, speaker, directions);
  }

  async #answer(
    question: ScriptedQuestion,
    speaker: Speaker,
    directions: Directions,
  ): Promise<ReadableStream<Uint8Array> | JsonObject> {
    const { model } = speaker;
    const { failure } = directions;
    const answer = scriptedAnswer(question, speaker, directions);
    const isOlder = OLDER_MODEL.test(model);
    const pace = pacedBy(directedPace(EDGE_PACE, directions), this.env.EDGEWAYS_STANDIN_SPEED);
    if (question.stream) {
      const { lines, last } = isOlder ? olderLines(answer) : chatLines(answer, model, true);
      const cutAfter = failure?.type === 'cut' ? failure.afterTokens : null;
      return pacedStream(failure?.type === 'empty' ? [] : lines, last, pace, cutAfter);
    }
    await new Pause().until(Date.now() + pace.firstMs + answer.pieces.length * pace.gapMs);
    return isOlder ? olderAnswer(answer) : chatCompletion(answer, model);
  }
}

/**
 * Null: it answers. As an error inside an answer, which the binding also has: a thrown one would be printed in red by
 * the runtime, as if something were wrong. A whole answer has no middle in which it could be cut.
 */
function directedError(failure: DirectedFailure | null, isStream: boolean): JsonObject | null {
  if (failure === null || (isStream && (failure.type === 'cut' || failure.type === 'empty'))) return null;
  const isBusy = failure.type === 'status' && failure.status === 429;
  const [code, message] = isBusy ? [3040, 'Capacity exceeded'] : [3043, 'Internal server error'];
  return { errors: [{ code, message: `${message}, as directed` }] };
}

function olderLines({ pieces, toolCall, usage }: ScriptedAnswer): StreamLines {
  const called = toolCall === null ? [] : [dataLine({ response: '', tool_calls: [olderCall(toolCall)] })];
  const lines = [...pieces.map((response) => dataLine({ response })), ...called];
  return { lines, last: dataLine({ response: '', usage }) + dataLine('[DONE]') };
}

function olderAnswer({ pieces, toolCall, usage }: ScriptedAnswer): JsonObject {
  return { response: pieces.join(''), tool_calls: toolCall === null ? [] : [olderCall(toolCall)], usage };
}

function olderCall(call: { readonly name: string; readonly args: JsonObject }): JsonObject {
  return { name: call.name, arguments: call.args };
}
