// One generation whose draft is checked, with nothing around it: every model, the lease and the disk are played by
// hand. Runs inside workerd, like held-generation.ts, whose plan it is but for the check.

import { env } from 'cloudflare:workers';
import type { AnswerCheckMode } from '../../protocol/answer-check.ts';
import type { AdmissionOutcome, LeaseEnd } from '../../protocol/admission.ts';
import type { Plan } from '../../protocol/plan.ts';
import type { EndedGeneration } from '../../policy/record-route.ts';
import { Generation } from '../../durable-objects/generation.ts';
import { aDecision } from './a-route.ts';
import { heldPlan, MemoryStore } from './held-generation.ts';

export type DraftModel = 'draft' | 'opinion' | 'cloud';

export type HeldModel = {
  say(text: string): void;
  finish(): void;
  /** Resolves when its body was cancelled. */
  readonly closed: Promise<void>;
};

export type Ended = { readonly end: LeaseEnd; readonly usedTokens: number; readonly ended: EndedGeneration };

/** Models behind the binding of Workers AI, each played by hand. */
export class HeldModels {
  /** Models in the order in which they were asked. */
  readonly asked: string[] = [];
  readonly #models = new Map<string, PromiseWithResolvers<HeldModel>>();

  get env(): { readonly AI: object; readonly EDGE_BASE_URL: string } {
    const run = (name: string): Promise<ReadableStream> => {
      this.asked.push(name);
      const { body, model } = openModel();
      this.#waiting(name).resolve(model);
      return Promise.resolve(body);
    };
    return { AI: { run }, EDGE_BASE_URL: '' };
  }

  /** Resolves when the model was asked. */
  model(name: string): Promise<HeldModel> {
    return this.#waiting(name).promise;
  }

  #waiting(name: string): PromiseWithResolvers<HeldModel> {
    const known = this.#models.get(name) ?? Promise.withResolvers<HeldModel>();
    this.#models.set(name, known);
    return known;
  }
}

export type HeldDrafts = {
  readonly generation: Generation;
  readonly store: MemoryStore;
  readonly admission: PromiseWithResolvers<AdmissionOutcome>;
  readonly ends: readonly Ended[];
  readonly asked: readonly string[];
  model(name: DraftModel): Promise<HeldModel>;
};

type DraftChoice = Partial<Plan> & {
  readonly mode?: AnswerCheckMode;
  /** A model whose call is a bug: its provider does not exist. */
  readonly failing?: DraftModel;
};

export function holdDrafts(choice: DraftChoice = {}): HeldDrafts {
  const models = new HeldModels();
  const admission = Promise.withResolvers<AdmissionOutcome>();
  const store = new MemoryStore();
  const ends: Ended[] = [];
  const generation = new Generation(draftPlan(choice), {
    env: { HEALTH: env.HEALTH, ...models.env },
    store,
    admit: () => admission.promise,
    onAccepted: () => undefined,
    onEnd: (end, usedTokens, ended) => ends.push({ end, usedTokens, ended }),
    onReaders: () => undefined,
    waitUntil: () => undefined,
  });
  return { generation, store, admission, ends, asked: models.asked, model: (name) => models.model(name) };
}

export function draftPlan({ mode = 'full', failing, ...changes }: DraftChoice): Plan {
  const target = (name: DraftModel): Plan['target'] => ({
    provider: name === failing ? 'nobody' : 'workers-ai',
    endpoint: 'edge',
    upstreamModel: name,
  });
  return {
    ...heldPlan(changes),
    target: target('draft'),
    answerCheck: {
      mode,
      holdMs: 300,
      budgetMs: 8000,
      askedTokens: null,
      asksLogprobs: false,
      opinion: mode === 'full' ? { model: 'second', target: target('opinion') } : null,
      escalation: {
        target: target('cloud'),
        decision: aDecision({ tier: 'cloud', model: 'large', stage: 'answer_check' }),
        maxOutputTokens: 100,
        canPrefill: false,
        leavesOut: [],
        fallbacks: [],
      },
    },
  };
}

function openModel(): { readonly body: ReadableStream; readonly model: HeldModel } {
  const closed = Promise.withResolvers<void>();
  let upstream: ReadableByteStreamController | null = null;
  const body = new ReadableStream({
    type: 'bytes',
    start: (controller) => {
      upstream = controller;
    },
    cancel: () => closed.resolve(),
  });
  const send = (text: string): void => upstream?.enqueue(new TextEncoder().encode(text));
  const event = (delta: object, reason: string | null): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
  const model: HeldModel = {
    say: (text) => send(event({ content: text }, null)),
    finish: () => send(`${event({}, 'stop')}data: [DONE]\n\n`),
    closed: closed.promise,
  };
  return { body, model };
}
