// Two tiers behind one real HTTP server: each upstream model plays its own script, so a test says what the edge
// model, the second opinion and the cloud answer. Built on the held upstream, which counts what was really asked.

import { startHeldUpstream, type HeldCall, type HeldUpstream } from './held-upstream.ts';

export type TierScript = (call: HeldCall) => void;

export type ScriptedTiers = {
  readonly upstream: HeldUpstream;
  /** Sets what each upstream model does from now on; a model without a script is an error of the test. */
  script(scripts: Readonly<Record<string, TierScript>>): void;
  /** Upstream models in the order of their calls since the last `script`. */
  asked(): readonly string[];
};

export const UPSTREAM_USAGE = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } as const;

export async function startScriptedTiers(): Promise<ScriptedTiers> {
  const upstream = await startHeldUpstream();
  let since = 0;
  return {
    upstream,
    script: (scripts) => {
      since = upstream.calls.length;
      upstream.play((call) => {
        const play = scripts[call.body.model];
        if (play === undefined) call.refuse(500, { error: `no script for ${call.body.model}` });
        else play(call);
      });
    },
    asked: () => upstream.calls.slice(since).map((call) => call.body.model),
  };
}

/** Answers with this text in pieces of a few characters, then ends properly. */
export function says(text: string, finishReason = 'stop'): TierScript {
  return (call) => {
    for (const piece of text.match(/[\s\S]{1,7}/gu) ?? []) call.text(piece);
    call.finish(finishReason, UPSTREAM_USAGE);
  };
}

/** Answers as `says`, and tells how sure it was of each piece. */
export function mumbles(text: string, logprob: number): TierScript {
  return (call) => {
    for (const content of text.match(/[\s\S]{1,7}/gu) ?? []) {
      const logprobs = { content: [{ token: content, logprob, top_logprobs: [] }] };
      const choice = { index: 0, delta: { content }, logprobs, finish_reason: null };
      call.raw(`data: ${JSON.stringify({ choices: [choice] })}\n\n`);
    }
    call.finish('stop', UPSTREAM_USAGE);
  };
}

/** Calls one tool with these arguments, then ends properly. */
export function callsTool(name: string, args: string): TierScript {
  return (call) => {
    call.delta({
      tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name, arguments: args } }],
    });
    call.finish('tool_calls', UPSTREAM_USAGE);
  };
}

export function refuses(status: number): TierScript {
  return (call) => call.refuse(status, { error: { message: 'scripted' } });
}
