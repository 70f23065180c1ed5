// The plan of a simulation: which request arrives when, what it asks, in which conversation, and what its reader does.
// Everything follows from the seed. What is asked never depends on how fast the answers come.

import { seededRandom, type Random } from '../../classifier/train/seeded-random.ts';
import { arrivalTimes } from './arrivals.ts';
import { drawBetween, drawByShare, drawOne } from './draws.ts';
import { drawFollowUp, drawPrompt, PROMPT_KINDS, type Prompt, type PromptKind } from './prompts.ts';
import { drawDirections, steadyDirections } from './upstream-weather.ts';

export type Behaviour =
  | { readonly type: 'reads' | 'second_reader' | 'slow' | 'stops'; readonly afterFrames: number }
  | {
      readonly type: 'resumes';
      readonly afterFrames: number;
      readonly times: number;
      readonly offlineMs: number;
    }
  | { readonly type: 'leaves'; readonly afterFrames: number; readonly policy: string };

export type Delivery = 'batched' | 'strict' | 'whole' | 'direct';

export type PlannedRequest = {
  readonly index: number;
  readonly atMs: number;
  readonly kind: PromptKind;
  readonly text: string;
  /** Number of the conversation; the first request of one has turn 0. */
  readonly conversation: number;
  readonly turn: number;
  /** `explicit`: one of the deployment's models by its id, which `draw` picks. */
  readonly model: 'auto' | 'edge' | 'cloud' | 'explicit';
  readonly delivery: Delivery;
  readonly isRepeated: boolean;
  readonly directions: string;
  readonly behaviour: Behaviour;
  /** In [0, 1): whatever is only known with the answer is decided by these. */
  readonly draws: { readonly model: number; readonly speaks: number; readonly likes: number };
};

export type TrafficOptions = {
  readonly seed: number;
  /** Requests a second, on average. */
  readonly rate: number;
  /** How many conversations are open at once. */
  readonly conversations: number;
};

const REPEATED_SHARE = 0.05;
const FOLLOW_UP_SHARE = 0.35;
const MAX_TURNS = 5;

/** Their answers are no text that a next turn could go on from, and not every model can give them. */
const CLOSING_KINDS: readonly string[] = ['tools', 'json', 'long'];

const MODELS = [
  { share: 0.04, model: 'edge' },
  { share: 0.04, model: 'cloud' },
  { share: 0.05, model: 'explicit' },
] as const;

const DELIVERIES = [
  { share: 0.08, delivery: 'whole' },
  { share: 0.03, delivery: 'direct' },
  { share: 0.1, delivery: 'strict' },
] as const;

const BEHAVIOURS = [
  { share: 0.04, type: 'resumes' },
  { share: 0.025, type: 'second_reader' },
  { share: 0.03, type: 'slow' },
  { share: 0.03, type: 'stops' },
  { share: 0.045, type: 'leaves' },
] as const;

const POLICIES = ['abort', 'abort', 'linger=2', 'linger=2', 'continue'] as const;

const FAQ_KIND = PROMPT_KINDS.find(({ name }) => name === 'facts') ?? drawPrompt(() => 0).kind;

/** What everybody asks; small, so that a kept answer is soon met. */
const REPEATED_TEXTS = [
  'What are your opening hours on Saturday?',
  'How do I reset my password?',
  'Where can I find my invoice?',
  'Which languages do you speak?',
] as const;

/** Requests by time, without an end. */
export function* planTraffic(options: TrafficOptions): Generator<PlannedRequest, never> {
  const random = seededRandom(options.seed);
  const arrivals = arrivalTimes(options.rate, seededRandom(options.seed + 1));
  const open = new OpenConversations(options.conversations);
  for (let index = 0; ; index += 1) {
    const atMs = arrivals.next().value;
    const isRepeated = random() < REPEATED_SHARE;
    const asked = isRepeated ? open.alone(drawRepeated(random)) : open.next(random);
    const { kind } = asked;
    const delivery = drawByShare(DELIVERIES, random)?.delivery ?? 'batched';
    const hasFrameIds = delivery === 'batched' || delivery === 'strict';
    const behaviour = drawBehaviour(random);
    const model = drawByShare(MODELS, random)?.model ?? 'auto';
    yield {
      index,
      atMs,
      ...asked,
      model: isRepeated || CLOSING_KINDS.includes(kind.name) ? 'auto' : model,
      delivery: isRepeated ? 'batched' : delivery,
      isRepeated,
      directions: isRepeated ? steadyDirections(kind.tokens) : drawDirections(kind, atMs, random),
      behaviour: hasFrameIds ? behaviour : { type: 'reads', afterFrames: 0 },
      draws: { model: random(), speaks: random(), likes: random() },
    };
  }
}

type Asked = Prompt & Pick<PlannedRequest, 'conversation' | 'turn'>;

/** Conversations that may go on. A new one takes the place of another. */
class OpenConversations {
  readonly #slots: (Asked | undefined)[];
  #started = 0;

  constructor(count: number) {
    this.#slots = Array.from({ length: count }, () => undefined);
  }

  next(random: Random): Asked {
    const slot = drawBetween(0, this.#slots.length - 1, random);
    const last = this.#slots[slot];
    const mayGoOn =
      last !== undefined && last.turn + 1 < MAX_TURNS && !CLOSING_KINDS.includes(last.kind.name);
    const isFollowUp = random() < FOLLOW_UP_SHARE;
    const asked =
      mayGoOn && isFollowUp
        ? { ...last, text: drawFollowUp(random), turn: last.turn + 1 }
        : this.alone(drawPrompt(random));
    this.#slots[slot] = asked;
    return asked;
  }

  alone(prompt: Prompt): Asked {
    this.#started += 1;
    return { ...prompt, conversation: this.#started, turn: 0 };
  }
}

function drawRepeated(random: Random): Prompt {
  return { kind: FAQ_KIND, text: drawOne(REPEATED_TEXTS, random) };
}

function drawBehaviour(random: Random): Behaviour {
  const type = drawByShare(BEHAVIOURS, random)?.type ?? 'reads';
  const afterFrames = drawBetween(3, 25, random);
  const offlineMs = drawBetween(50, 1500, random);
  const times = random() < 0.25 ? 2 : 1;
  const policy = drawOne(POLICIES, random);
  if (type === 'resumes') return { type, afterFrames, times, offlineMs };
  return type === 'leaves' ? { type, afterFrames, policy } : { type, afterFrames };
}
