// Speaks to Conversation objects. Each call takes a new stub: after an object was reset the old stub keeps
// failing, a new one works.

import {
  FOLLOW_PATH,
  GENERATE_PATH,
  REFUSED_STATUS,
  STOP_PATH,
  TIMELINE_PATH,
  type FollowCall,
  type RefusalBody,
  type StopCall,
  type Timeline,
} from '../protocol/conversation-call.ts';
import type { Refusal } from '../protocol/errors.ts';
import type { Plan } from '../protocol/plan.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import type { Environment } from './environment.ts';

/** Attempts to reach an object that was reset, and the delay before the second; it doubles. Together < 2 s. */
const ATTEMPTS = 5;
const FIRST_DELAY_MS = 100;

/** Never resolved: a stub ignores the host. */
const ORIGIN = 'https://conversation.invalid';

export class ConversationClient {
  readonly #env: Environment;
  readonly #name: string;

  /** `name`: of the object, from a stream id or from tenant and conversation. */
  constructor(env: Environment, name: string) {
    this.#env = env;
    this.#name = name;
  }

  /** Starts a generation; the answer is its body or its completion. Rejects when the object fails. */
  generate(plan: Plan, signal: AbortSignal): Promise<Result<Response, Refusal>> {
    return this.#call(GENERATE_PATH, plan, signal);
  }

  /** Reads a stream: 200 with a body or a poll answer, 204 at its end. Rejects when the object keeps failing. */
  follow(call: FollowCall, signal?: AbortSignal): Promise<Result<Response, Refusal>> {
    return this.#callAgain(FOLLOW_PATH, call, signal);
  }

  stop(call: StopCall): Promise<Result<Response, Refusal>> {
    return this.#callAgain(STOP_PATH, call);
  }

  /** Null for a stream whose log is gone. Rejects when the object keeps failing. */
  async timeline(call: StopCall): Promise<Timeline | null> {
    const answer = await this.#callAgain(TIMELINE_PATH, call);
    return answer.ok ? answer.value.json<Timeline>() : null;
  }

  /** For calls that may be repeated: an object that is being reset takes them a moment later. */
  async #callAgain(path: string, body: object, signal?: AbortSignal): Promise<Result<Response, Refusal>> {
    let delayMs = FIRST_DELAY_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#call(path, body, signal);
      } catch (error) {
        if (attempt === ATTEMPTS || signal?.aborted === true) throw error;
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        delayMs *= 2;
      }
    }
  }

  async #call(path: string, body: object, signal?: AbortSignal): Promise<Result<Response, Refusal>> {
    const stub = this.#env.CONVERSATIONS.get(this.#env.CONVERSATIONS.idFromName(this.#name));
    // The runtime does not pass a request's own signal on to subrequests; one that is made from it, it does.
    const left = signal === undefined ? {} : { signal: AbortSignal.any([signal]) };
    const init = { method: 'POST', body: JSON.stringify(body), ...left };
    const response = await stub.fetch(ORIGIN + path, init);
    if (response.status !== REFUSED_STATUS) return ok(response);
    const { refusal } = await response.json<RefusalBody>();
    return refuse(refusal);
  }
}
