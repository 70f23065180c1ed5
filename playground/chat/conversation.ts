// The turns of this tab. The server keeps no history: every answer is asked for with the client's own, so regenerating is
// a new generation, and continuing is one whose last message is the partial answer.

import { callApi } from '../../web/api-client.ts';
import { AnswerRun } from '../answer/answer-run.ts';
import type { Pace } from '../stream/read-frames.ts';
import type { ChatMessage, ChatRequest, Question } from '../stream/start-generation.ts';
import { EXAMPLE_TOOL } from './example-tool.ts';

export type AskOptions = {
  readonly model: 'auto' | 'edge' | 'cloud';
  /** The prompt may not leave the edge tier. */
  readonly isEdgeOnly: boolean;
  readonly hasTool: boolean;
};

export type Turn = {
  readonly id: number;
  readonly question: string;
  /** One answer, or the two of a race: edge, then cloud. */
  readonly runs: readonly AnswerRun[];
};

export type ConversationPorts = {
  /** Asked for each answer: a key may be typed in on the way. */
  readonly key: () => string | null;
  readonly pace: Pace;
  /** After every change, and at the end of every answer. */
  readonly onChange: () => void;
};

export class Conversation {
  readonly #ports: ConversationPorts;
  #turns: readonly Turn[];
  /** Never used twice: a turn that replaces another is drawn anew. */
  #nextId: number;
  #name = newName();

  constructor(ports: ConversationPorts, kept: readonly Turn[]) {
    this.#ports = ports;
    this.#turns = kept;
    this.#nextId = Math.max(0, ...kept.map(({ id }) => id)) + 1;
    // An answer that was running when the page went away goes on: it waits in its log.
    for (const { runs } of kept) for (const run of runs) if (run.isRunning) this.#start(run);
  }

  get turns(): readonly Turn[] {
    return this.#turns;
  }

  get isBusy(): boolean {
    return this.#turns.some(({ runs }) => runs.some((run) => run.isRunning));
  }

  ask(question: string, options: AskOptions): void {
    this.#add(question, [this.#run([...this.messages(), asked(question)], options, '')]);
  }

  /** The same prompt to both tiers at once. */
  race(question: string, options: AskOptions): void {
    const messages = [...this.messages(), asked(question)];
    const tiers = ['edge', 'cloud'] as const;
    // No conversation may hold two turns at once, so the racers have none.
    this.#add(
      question,
      tiers.map((model) => this.#run(messages, { ...options, model }, null)),
    );
  }

  /** The last question once more. The router is told: asking again says that the answer was not good enough. */
  regenerate(options: AskOptions): void {
    const last = this.#withoutLast();
    if (last === null) return;
    const streamId = last.runs[0]?.streamId ?? null;
    if (streamId !== null) void this.feedback(streamId, { regenerated: true });
    if (last.runs.length > 1) this.race(last.question, options);
    else this.ask(last.question, options);
  }

  /** Goes on where the last answer ended. */
  continueLast(options: AskOptions): void {
    const last = this.#withoutLast();
    const text = last?.runs.at(-1)?.state.text ?? '';
    if (last === null) return;
    const messages: readonly ChatMessage[] = [
      ...this.messages(),
      asked(last.question),
      { role: 'assistant', content: text },
    ];
    this.#add(last.question, [this.#run(messages, options, text)]);
  }

  /** Takes the last question back to change it. */
  editLast(): string {
    const question = this.#withoutLast()?.question ?? '';
    this.#ports.onChange();
    return question;
  }

  clear(): void {
    this.stop(); // nobody can see its end any more, and it costs
    for (const { runs } of this.#turns) for (const run of runs) run.leave();
    this.#turns = [];
    this.#name = newName();
    this.#ports.onChange();
  }

  stop(): void {
    for (const { runs } of this.#turns) for (const run of runs) if (run.isRunning) void run.stop();
    this.#ports.onChange();
  }

  /** What a new question would be sent after. */
  messages(): readonly ChatMessage[] {
    return this.#turns.flatMap(({ question, runs }) => {
      // Of a race the cloud's, or the edge's where the cloud has said nothing.
      const answer = runs.findLast(({ state }) => state.text !== '')?.state.text ?? '';
      return answer === '' ? [asked(question)] : [asked(question), { role: 'assistant', content: answer }];
    });
  }

  /** True when it was taken: it counts, or will when the answer has ended. */
  async feedback(streamId: string, label: object): Promise<boolean> {
    const body = { stream: streamId, ...label };
    return (await callApi({ path: '/v1/feedback', key: this.#ports.key(), body })).ok;
  }

  #run(messages: readonly ChatMessage[], options: AskOptions, prefix: string | null): AnswerRun {
    const request: ChatRequest = {
      model: options.model,
      messages,
      ...(options.hasTool ? { tools: [EXAMPLE_TOOL] } : {}),
    };
    const headers: Record<string, string> = {
      ...(prefix === null ? {} : { 'x-edgeways-conversation': this.#name }),
      ...(options.isEdgeOnly ? { 'x-edgeways-data-locality': 'edge-only' } : {}),
    };
    const question: Question = { request, headers, key: this.#ports.key() };
    const run = new AnswerRun({ type: 'ask', question, prefix: prefix ?? '' }, this.#ports.pace);
    this.#start(run);
    return run;
  }

  #start(run: AnswerRun): void {
    // Not before the turn is there: whoever is told of the change looks for it.
    queueMicrotask(() => void run.run().then(() => this.#ports.onChange()));
  }

  #add(question: string, runs: readonly AnswerRun[]): void {
    this.#turns = [...this.#turns, { id: this.#nextId++, question, runs }];
    this.#ports.onChange();
  }

  #withoutLast(): Turn | null {
    const last = this.#turns.at(-1) ?? null;
    for (const run of last?.runs ?? []) run.leave();
    this.#turns = this.#turns.slice(0, -1);
    return last;
  }
}

function asked(content: string): ChatMessage {
  return { role: 'user', content };
}

function newName(): string {
  return `playground-${crypto.randomUUID()}`;
}
