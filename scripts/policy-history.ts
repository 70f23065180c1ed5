// What a promotion writes and a rollback takes back: the `routing` section of the configuration, and a history file that
// keeps each section it replaced. Invariant: a rollback gives exactly the section that the promotion found, or refuses.

import { isDeepStrictEqual } from 'node:util';
import { formatProblems, parseConfig } from '../policy/config.ts';
import type { CandidatePolicy } from '../policy/learning/candidate-policy.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';
import { asObject, withSection } from './json-section.ts';
import { FileProblem } from './policy-files.ts';

export type Texts = { readonly config: string; readonly history: string };

type Entry = {
  readonly at: string;
  readonly policy: string;
  /** Null: the configuration had no such section. */
  readonly routing_before: JsonValue;
  readonly routing_after: JsonObject;
};

/** @param history - null: there is no file yet. `at`: an ISO date. */
export function promoted(
  { config, history }: { readonly config: string; readonly history: string | null },
  policy: CandidatePolicy,
  at: string,
): Texts {
  const before = asObject(config)['routing'];
  const routing = promotedRouting(isJsonObject(before) ? before : {}, policy);
  const entries = history === null ? [] : entriesOf(history);
  const entry: Entry = {
    at,
    policy: policy.name,
    routing_before: isJsonObject(before) ? before : null,
    routing_after: routing,
  };
  return checked({
    config: withSection(config, 'routing', routing),
    history: `${JSON.stringify({ promotions: [...entries, entry] }, null, 2)}\n`,
  });
}

/** Takes the latest promotion back. */
export function rolledBack({ config, history }: Texts): Texts & { readonly policy: string } {
  const entries = entriesOf(history);
  const last = entries.at(-1);
  if (last === undefined) throw new FileProblem('The history holds no promotion to take back.');
  const now = asObject(config)['routing'] ?? null;
  // Already as before: a rollback that was interrupted between its two files.
  if (!isDeepStrictEqual(now, last.routing_after) && !isDeepStrictEqual(now, last.routing_before)) {
    throw new FileProblem(
      `routing was changed since "${last.policy}" was promoted. Take over routing_before from the history by hand.`,
    );
  }
  const texts = checked({
    config: withSection(config, 'routing', last.routing_before ?? undefined),
    history: `${JSON.stringify({ promotions: entries.slice(0, -1) }, null, 2)}\n`,
  });
  return { ...texts, policy: last.policy };
}

/** The section with the policy's own words in it; target and threshold replace each other. */
function promotedRouting(before: JsonObject, policy: CandidatePolicy): JsonObject {
  if (policy.signal_weights !== undefined) {
    throw new FileProblem(
      'signal_weights have no place in the configuration: leave them out to promote the rest.',
    );
  }
  const { target: _target, threshold: _threshold, ...kept } = before;
  const check = kept['answer_check'];
  return {
    ...kept,
    ...(policy.target === undefined ? {} : { target: { ...policy.target } }),
    ...(policy.threshold === undefined ? {} : { threshold: policy.threshold }),
    ...(policy.band === undefined
      ? {}
      : { answer_check: { ...(isJsonObject(check) ? check : {}), band: policy.band } }),
    // The fit itself is not written: each tenant's object makes it from the same feedback, and goes on learning.
    ...(policy.calibration === undefined ? {} : { calibrate: policy.calibration.type !== 'identity' }),
    ...(policy.exploration === undefined ? {} : { exploration: policy.exploration }),
  };
}

function checked(texts: Texts): Texts {
  const parsed = parseConfig(asObject(texts.config));
  if (!parsed.ok)
    throw new FileProblem(`the configuration would become invalid\n${formatProblems(parsed.refusal)}`);
  return texts;
}

function entriesOf(history: string): readonly Entry[] {
  const list = asObject(history)['promotions'];
  if (!Array.isArray(list))
    throw new FileProblem('promotions: the history file must hold a list. Restore the file.');
  return list.map((entry: unknown, index) => {
    if (isEntry(entry)) return entry;
    throw new FileProblem(`promotions[${index}]: not what a promotion writes. Restore the history file.`);
  });
}

function isEntry(entry: unknown): entry is Entry {
  if (!isJsonObject(entry)) return false;
  const { at, policy, routing_before: before, routing_after: after } = entry;
  const isNamed = typeof at === 'string' && typeof policy === 'string';
  return isNamed && (before === null || isJsonObject(before)) && isJsonObject(after);
}
