// One scripted answer that is lost after some tokens and gone on with by a scripted model, joined by the product's own
// code; and the table of what each model makes of all of them.

import { continuationOf, type AskedContinuation } from '../../policy/continuation/continuation-request.ts';
import { PartialAnswer } from '../../policy/continuation/partial-answer.ts';
import { Seam, type SeamFault } from '../../policy/continuation/seam.ts';
import type { ChatRequest } from '../../protocol/chat-request.ts';
import type { DecodedEvent } from '../../protocol/upstream-event.ts';
import {
  askedIn,
  faithful,
  MISBEHAVING_MODELS,
  restOnly,
  type ContinuingModel,
  type SentMessage,
} from './continuing-models.ts';
import { SCRIPTED_ANSWERS, tokensOf, type ScriptedAnswer } from './scripted-answers.ts';

export const FINISH: DecodedEvent = { type: 'finish', reason: 'stop', usage: null };

export const QUESTION: ChatRequest = {
  model: 'auto',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Tell me.' }] }],
  stream: true,
  includeUsage: false,
  maxOutputTokens: null,
  tools: [],
  parameters: {},
};

/** Answers are cut after each number of tokens up to this one. */
export const MOST_TOKENS = 60;

export type Loss = {
  readonly answer: ScriptedAnswer;
  readonly tokens: number;
  readonly canPrefill: boolean;
};

export type Joined = {
  readonly text: string;
  readonly rejected: SeamFault | null;
  /** Units of the continuation that had come when the first of them was shown. */
  readonly heldUnits: number;
};

export function lossesOf(canPrefill: boolean): readonly Loss[] {
  return SCRIPTED_ANSWERS.flatMap((answer) =>
    Array.from({ length: MOST_TOKENS }, (_, at) => ({ answer, tokens: at + 1, canPrefill })),
  );
}

export function saidBefore({ answer, tokens }: Loss): string {
  return tokensOf(answer.text, 7).slice(0, tokens).join('');
}

export function joinedBy(model: ContinuingModel, loss: Loss, units = 0): Joined {
  const said = saidBefore(loss);
  const { text: whole, isJson } = loss.answer;
  const asked = askFor(said, isJson, loss.canPrefill);
  const seen = askedIn(asked.request.messages.map(sentMessage));
  const continuation = seen === null ? whole : model(seen, whole, units);
  const joined = joinPieces(said, asked, tokensOf(continuation, 3));
  return { ...joined, text: said + joined.text };
}

export function askFor(said: string, isJson: boolean, canPrefill: boolean): AskedContinuation {
  const partial = new PartialAnswer([{ type: 'text_delta', text: said }]);
  const request = isJson
    ? { ...QUESTION, responseFormat: { type: 'json_schema', json_schema: {} } }
    : QUESTION;
  const asked = continuationOf({ request, partial, canPrefill, producedTokens: 0 });
  if (asked.type === 'impossible') throw new Error(asked.why);
  return asked;
}

/** Feeds the continuation piece by piece; `text` is what the seam lets through. */
export function joinPieces(said: string, asked: AskedContinuation, pieces: readonly string[]): Joined {
  const seam = new Seam(new PartialAnswer([{ type: 'text_delta', text: said }]), asked);
  let [text, fedUnits, heldUnits] = ['', 0, 0];
  for (const piece of pieces) {
    const { emit } = seam.take([{ type: 'text_delta', text: piece }]);
    fedUnits += piece.length;
    if (text === '' && emit.length > 0) heldUnits = fedUnits;
    text += textOfEvents(emit);
  }
  const { emit, rejected } = seam.take([FINISH]);
  return { text: text + textOfEvents(emit), rejected, heldUnits };
}

export function textOfEvents(events: readonly DecodedEvent[]): string {
  return events.map((event) => (event.type === 'text_delta' ? event.text : '')).join('');
}

function sentMessage({ role, content }: ChatRequest['messages'][number]): SentMessage {
  return { role, content: content.map((part) => (part.type === 'text' ? part : { type: part.type })) };
}

const OUTCOMES = ['equal', 'white space', 'duplicated', 'lost', 'rejected'] as const;

export type Outcome = (typeof OUTCOMES)[number];

export function outcomeOf({ text, rejected }: Joined, whole: string): Outcome {
  if (rejected !== null) return 'rejected';
  if (text === whole) return 'equal';
  if (text.replace(/\s+/g, '') === whole.replace(/\s+/g, '')) return 'white space';
  return text.length > whole.length ? 'duplicated' : 'lost';
}

export function outcomesOf(
  model: ContinuingModel,
  canPrefill: boolean,
  units = 0,
): Readonly<Record<Outcome, number>> {
  const counts = { equal: 0, 'white space': 0, duplicated: 0, lost: 0, rejected: 0 };
  for (const loss of lossesOf(canPrefill))
    counts[outcomeOf(joinedBy(model, loss, units), loss.answer.text)] += 1;
  return counts;
}

const REPEATED_UNITS = [1, 5, 12, 25, 50, 100, 200];

/** Markdown: each model, with a prefill and with an anchor. */
export function outcomeTable(): string {
  const models: [string, ContinuingModel, number][] = [
    ['is faithful', faithful, 0],
    ['writes the rest only', restOnly, 0],
    ...Object.entries(MISBEHAVING_MODELS).flatMap(([name, model]): [string, ContinuingModel, number][] =>
      name.includes('the last')
        ? REPEATED_UNITS.map((units) => [`${name} (${units})`, model, units])
        : [[name, model, 0]],
    ),
  ];
  const rows = models.flatMap(([name, model, units]) =>
    [true, false].map((canPrefill) => {
      const counts = outcomesOf(model, canPrefill, units);
      const cells = OUTCOMES.map((outcome) => String(counts[outcome]));
      return `| ${[name, canPrefill ? 'prefill' : 'anchor', ...cells].join(' | ')} |`;
    }),
  );
  return [
    `| The model | asked by | ${OUTCOMES.join(' | ')} |`,
    `| --- | --- | ${OUTCOMES.map(() => '---:').join(' | ')} |`,
    ...rows,
  ].join('\n');
}
