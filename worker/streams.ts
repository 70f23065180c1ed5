// Reading and stopping streams by id: resume, JSON poll, stop, and joining an identical earlier request.

import { ABOUT_HEADER, type FollowCall } from '../protocol/conversation-call.ts';
import type { FormatLetter } from '../protocol/cursor.ts';
import { toHttpError, type Refusal } from '../protocol/errors.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import { encodeUnnumbered } from '../protocol/sse.ts';
import { logFailure } from '../durable-objects/log-failure.ts';
import { authenticate, authenticateReader } from './authenticate.ts';
import { ConversationClient } from './conversation-client.ts';
import type { Deployment } from './deployment.ts';
import { addAboutHeaders, addStreamHeaders, resumeLink } from './generation-headers.ts';
import type { RequestContext } from './pipeline.ts';
import { respondRefusal } from './respond.ts';
import { followedBody } from './respond-generation.ts';
import { locateStream, type StreamLocation } from './stream-id.ts';

/** A map, because the name comes from the client and an object also has the names it inherits. */
const FORMATS: ReadonlyMap<string, FormatLetter> = new Map([
  ['chat', 'c'],
  ['typed', 't'],
]);

/** Browsers and proxies cut idle requests at 30 s and more; a poll stays below. */
const MAX_POLL_SECONDS = 25;

/** Delay and spread of reconnections to a busy stream: wide, so that those who wait do not come back together. */
const BUSY_RETRY_MIN_MS = 3000;
const BUSY_RETRY_SPREAD_MS = 12_000;

/** What a client waits whose object could not be reached in several attempts. */
const UNREACHABLE_RETRY_MS = 1000;

type ReadOptions = {
  readonly format: FormatLetter;
  readonly cursor: string | null;
  readonly pollMs: number | null;
  readonly isWhole: boolean;
};

/** GET /v1/streams/{id}: everything after the cursor, then whatever comes. */
export async function readStream(
  request: Request,
  { deployment, env }: RequestContext,
  streamId: string,
): Promise<Response> {
  const options = parseReadOptions(request);
  if (!options.ok) return respondRefusal(options.refusal);
  const tenant = await authenticateReader(request, deployment, streamId);
  if (!tenant.ok) return respondRefusal(tenant.refusal);
  const located = await locate(deployment, tenant.value, streamId);
  if (!located.ok) return respondRefusal(located.refusal);
  const client = new ConversationClient(env, located.value.conversationObject);
  const call = followCall(located.value, options.value, deployment);
  const followed = await reached(client.follow(call));
  if (followed.ok) return respondFollowed(followed.value, client, call);
  return isEventSource(request, call) ? respondBusy(followed.refusal) : respondRefusal(followed.refusal);
}

/** Browsers' EventSource says so in `Accept`; SDKs ask for JSON even when they stream. */
function isEventSource(request: Request, call: FollowCall): boolean {
  const accepts = request.headers.get('accept') === 'text/event-stream';
  return accepts && call.format === 't' && call.pollMs === null;
}

/** An EventSource takes any status but 200 as final, so "come back later" is a 200 with a `busy` frame and a delay. */
function respondBusy(refusal: Refusal): Response {
  const { retryAfterMs, status } = toHttpError(refusal);
  if (retryAfterMs === null || (status !== 429 && status !== 503)) return respondRefusal(refusal);
  const retryMs = BUSY_RETRY_MIN_MS + Math.floor(Math.random() * BUSY_RETRY_SPREAD_MS);
  const frame = encodeUnnumbered({
    event: 'busy',
    data: JSON.stringify({ type: 'busy', retry_after_ms: retryMs }),
  });
  const headers = new Headers();
  addStreamHeaders(headers);
  return new Response(`retry: ${retryMs}\n${frame}`, { headers });
}

/** POST /v1/streams/{id}/stop: idempotent; a ticket is not enough. */
export async function stopStream(
  request: Request,
  { deployment, env }: RequestContext,
  streamId: string,
): Promise<Response> {
  const principal = await authenticate(request, deployment);
  if (!principal.ok) return respondRefusal(principal.refusal);
  const located = await locate(deployment, principal.value.tenant, streamId);
  if (!located.ok) return respondRefusal(located.refusal);
  const client = new ConversationClient(env, located.value.conversationObject);
  const options: ReadOptions = { format: 't', cursor: null, pollMs: null, isWhole: false };
  const stopped = await reached(client.stop(followCall(located.value, options, deployment)));
  return stopped.ok ? new Response(null, { status: 204 }) : respondRefusal(stopped.refusal);
}

/** The answer of an earlier identical request, from its start, in the shape this request asked for. */
export async function joinStream(
  request: Request,
  joined: { readonly streamId: string; readonly tenant: string; readonly isStream: boolean },
  { deployment, env }: RequestContext,
): Promise<Response> {
  const located = await locate(deployment, joined.tenant, joined.streamId);
  if (!located.ok) return respondRefusal(located.refusal);
  const client = new ConversationClient(env, located.value.conversationObject);
  const call = followCall(
    located.value,
    { format: 'c', cursor: null, pollMs: null, isWhole: !joined.isStream },
    deployment,
  );
  const followed = await reached(client.follow(call, request.signal));
  if (!followed.ok) return respondRefusal(followed.refusal);
  const response = respondFollowed(followed.value, client, call);
  response.headers.set('link', await resumeLink(located.value, deployment));
  response.headers.set('x-edgeways-resumable', 'true');
  response.headers.set('x-edgeways-joined', 'true');
  return response;
}

/** An object that keeps failing is restarted sooner or later, and its log is on disk: later is not never. */
async function reached(calling: Promise<Result<Response, Refusal>>): Promise<Result<Response, Refusal>> {
  try {
    return await calling;
  } catch (error) {
    logFailure('conversation', error);
    return refuse({ reason: 'overloaded', retryAfterMs: UNREACHABLE_RETRY_MS });
  }
}

function respondFollowed(response: Response, client: ConversationClient, call: FollowCall): Response {
  const headers = new Headers({ 'x-edgeways-stream': call.streamId, 'cache-control': 'no-store' });
  addAboutHeaders(headers, response.headers.get(ABOUT_HEADER));
  if (response.status === 204) return new Response(null, { status: 204, headers });
  if (call.pollMs !== null || call.isWhole) {
    headers.set('content-type', 'application/json');
    return new Response(response.body, { headers });
  }
  addStreamHeaders(headers);
  return new Response(followedBody(response.body, client, call), { headers });
}

async function locate(
  deployment: Deployment,
  tenant: string,
  streamId: string,
): Promise<Result<StreamLocation, Refusal>> {
  const located = await locateStream(deployment.signer, tenant, streamId);
  if (located === null) return refuse({ reason: 'unknown_stream' });
  const { timeouts, retention_seconds: retentionSeconds } = deployment.config;
  // No generation outlives its total limit, so this old an id has nothing left; the object need not wake for it.
  const retentionMs = retentionSeconds * 1000;
  const isGone = Date.now() > located.createdMs + timeouts.total_ms + retentionMs;
  return isGone ? refuse({ reason: 'expired', retentionMs }) : ok(located);
}

function followCall(located: StreamLocation, options: ReadOptions, { config }: Deployment): FollowCall {
  const { generation, streamId, tenant, tenantObject, createdMs } = located;
  return {
    generation,
    streamId,
    tenant,
    tenantObject,
    createdMs,
    ...options,
    retentionMs: config.retention_seconds * 1000,
    heartbeatMs: config.timeouts.heartbeat_ms,
    maxFollowers: config.limits.followers_per_stream,
  };
}

/** The header wins over the query: an EventSource keeps its URL and sends its progress in the header. */
function parseReadOptions(request: Request): Result<ReadOptions, Refusal> {
  const query = new URL(request.url).searchParams;
  const format = FORMATS.get(query.get('format') ?? 'typed');
  if (format === undefined) return invalid('format', 'must be chat or typed');
  const cursor = request.headers.get('last-event-id') ?? query.get('after');
  const wait = query.get('wait');
  if (wait === null) return ok({ format, cursor: emptyAsNull(cursor), pollMs: null, isWhole: false });
  const isWait = /^\d{1,2}$/.test(wait) && Number(wait) <= MAX_POLL_SECONDS;
  if (!isWait) return invalid('wait', `must be a whole number of seconds from 0 to ${MAX_POLL_SECONDS}`);
  return ok({ format, cursor: emptyAsNull(cursor), pollMs: Number(wait) * 1000, isWhole: false });
}

/** A client that has received nothing yet sends an empty id, if any. */
function emptyAsNull(cursor: string | null): string | null {
  return cursor === '' ? null : cursor;
}

function invalid(param: string, rule: string): Result<never, Refusal> {
  return refuse({ reason: 'invalid_request', param, message: `The parameter ${param} ${rule}.` });
}
