// How the Worker and a Conversation object talk: paths, parameters and the shape of a refusal.
// Refusals travel as JSON because errors lose their class between objects.

import type { FormatLetter } from './cursor.ts';
import type { Refusal } from './errors.ts';
import type { Tier } from './route.ts';

/** POST a `Plan`: the response head comes with first content, refusal, failure or the end of the hold. */
export const GENERATE_PATH = '/generate';
/** POST a `FollowCall`: 200 with a body or a poll answer, 204 at the end of the stream. */
export const FOLLOW_PATH = '/follow';
/** POST a `StopCall`: 204. */
export const STOP_PATH = '/stop';

/** POST a `StopCall`: a `Timeline` as JSON. Reads for an operator, who owns no stream; the Worker checked who asks. */
export const TIMELINE_PATH = '/timeline';

/** Set on an accepted generation: how many more the tenant may start now. */
export const HEADROOM_HEADER = 'x-headroom';

/** Set on a generation whose draft was checked: a `Routed` as JSON in ASCII, or `pending` when the head could not wait. */
export const ROUTED_HEADER = 'x-routed';
export const ROUTED_PENDING = 'pending';

/** Set on every answer to a follow: an `About` as JSON, in ASCII. */
export const ABOUT_HEADER = 'x-about';

/** What a stream's headers tell a client that did not start it. `route` is null when it did not survive a crash. */
export type About = {
  readonly conversation: string;
  /** A draft is still being checked: who answers is not known. */
  readonly isPending: boolean;
  readonly route: { readonly tier: Tier; readonly model: string; readonly reason: string } | null;
};

export type StreamRef = {
  readonly generation: string;
  readonly streamId: string;
  /** Who asks; an object answers only its owner. */
  readonly tenant: string;
  readonly tenantObject: string;
  readonly createdMs: number;
};

export type FollowCall = StreamRef & {
  readonly format: FormatLetter;
  readonly cursor: string | null;
  /** Milliseconds to wait for a JSON poll; null asks for a streaming body. */
  readonly pollMs: number | null;
  /** Wait for the end and answer one completion instead of a body. */
  readonly isWhole: boolean;
  readonly retentionMs: number;
  readonly heartbeatMs: number;
  readonly maxFollowers: number;
};

/** What a log tells of its stream without its text, in the names of the wire. */
export type Timeline = {
  /** ISO 8601. */
  readonly started_at: string;
  /** Null while it runs. */
  readonly ended_at: string | null;
  readonly end_seq: number;
  readonly epochs: number;
  readonly events: readonly TimelineEvent[];
  /** As in `Delivery`. */
  readonly deliveries: readonly {
    readonly kind: string;
    readonly opened_ms: number;
    readonly closed_ms: number | null;
    readonly from_seq: number;
    readonly to_seq: number;
  }[];
};

/** An event that marks a turn of the stream. */
export type TimelineEvent = {
  readonly seq: number;
  readonly type: 'route' | 'route_changed' | 'status' | 'tool_start' | 'tool_end' | 'done' | 'error';
  /** Model, phase, finish reason or failure code. */
  readonly what: string;
};

export type StopCall = StreamRef & Pick<FollowCall, 'retentionMs' | 'heartbeatMs' | 'maxFollowers'>;

/** Body of a refusal; its HTTP status is 409 inside, the Worker gives the client the real one. */
export type RefusalBody = { readonly refusal: Refusal };
export const REFUSED_STATUS = 409;
