// The classifier's opinion of a conversation up to a turn, calibrated for the edge model that would answer, each
// asked for at most once. Nothing is classified before somebody asks.

import type { ModelConfig } from '../config.ts';
import type { RouteOpinion } from './route-question.ts';
import type { RouteScope } from './route-scope.ts';

export type Weighed = {
  readonly opinion: RouteOpinion;
  /** Calibrated P(the edge is good enough), 0..1. */
  readonly probability: number;
};

/** How far above the threshold a probability must be to give up the cloud: twice what one wording more moves it. */
const CONFIDENT_MARGIN = 0.1;

export class Weigher {
  readonly #scope: RouteScope;
  readonly #edge: ModelConfig;
  readonly #known = new Map<number, Weighed>();

  constructor(scope: RouteScope, edge: ModelConfig) {
    this.#scope = scope;
    this.#edge = edge;
  }

  /** @param at - index of the turn in `conversation.turns`; −1 when the person has said nothing */
  weigh(at: number): Weighed {
    const known = this.#known.get(at);
    if (known !== undefined) return known;
    const { question, conversation } = this.#scope;
    const turns = conversation.turns.slice(0, this.#taskOf(at) + 1).map((turn) => turn.text);
    const opinion = question.classification(turns);
    const weighed = { opinion, probability: calibrate(this.#scope, this.#edge.id, opinion.probability) };
    this.#known.set(at, weighed);
    return weighed;
  }

  isEasy(at: number): boolean {
    return this.weigh(at).probability >= this.#scope.threshold;
  }

  /** Far enough above the threshold; near 1 half of what is left above it is enough. */
  isClearlyEasy(at: number): boolean {
    const { threshold } = this.#scope;
    return this.weigh(at).probability >= Math.min(threshold + CONFIDENT_MARGIN, (1 + threshold) / 2);
  }

  /** The turn whose words say how hard the task is: a complaint says nothing of its own. */
  #taskOf(at: number): number {
    const { turns } = this.#scope.conversation;
    let task = at;
    while (task > 0 && turns[task]?.isComplaint === true) task -= 1;
    return task;
  }
}

/** What feedback has taught about the edge model, unless the configuration says to ignore it. */
export function calibrate({ question }: RouteScope, edgeModel: string, raw: number): number {
  return question.config.routing.calibrate ? question.calibrated(raw, edgeModel) : raw;
}
