// Stream ids: where the log lives, which generation it is, when it began, and a MAC over all of it and the
// tenant. A forged, damaged or foreign id is told apart here, in constant time, and wakes no object.

import { GENERATION_LENGTH } from '../protocol/cursor.ts';
import type { StreamRef } from '../protocol/conversation-call.ts';
import { fromBase64Url, toBase32, toBase64Url } from './encoding.ts';
import { MAC_BYTES, type Signer } from './signer.ts';

export type StreamLocation = StreamRef & {
  /** Name of the Conversation object. */
  readonly conversationObject: string;
};

/** `s_<object name>.<generation>.<created, base 36 ms>.<MAC>`: the parts are no secret, the MAC is what counts. */
const STREAM_ID = /^s_([A-Za-z0-9_-]{22})\.([a-z2-7]{16})\.([0-9a-z]{8,9})\.([A-Za-z0-9_-]{22})$/;

/** Bytes of randomness whose base 32 has GENERATION_LENGTH characters. */
const GENERATION_BYTES = (GENERATION_LENGTH * 5) / 8;

export function newGeneration(): string {
  return toBase32(crypto.getRandomValues(new Uint8Array(GENERATION_BYTES)));
}

/** Names made so far: one for each configured tenant, so the configuration bounds them. */
const tenantObjects = new WeakMap<Signer, Map<string, Promise<string>>>();

/** The name of a tenant's object. Derived with the secret, so that names tell nothing and cannot be guessed. */
export function tenantObjectName(signer: Signer, tenant: string): Promise<string> {
  const known = tenantObjects.get(signer) ?? new Map<string, Promise<string>>();
  tenantObjects.set(signer, known);
  const name = known.get(tenant) ?? signer.sign('tenant-object', tenant).then(toBase64Url);
  known.set(tenant, name);
  return name;
}

export async function conversationObjectName(
  signer: Signer,
  tenant: string,
  conversation: string,
): Promise<string> {
  return toBase64Url(await signer.sign('conversation-object', tenant, conversation));
}

export async function makeStreamId(
  signer: Signer,
  stream: Omit<StreamLocation, 'streamId' | 'tenantObject'>,
): Promise<string> {
  const { conversationObject, generation, createdMs, tenant } = stream;
  const body = `${conversationObject}.${generation}.${createdMs.toString(36)}`;
  return `s_${body}.${toBase64Url(await signer.sign('stream', tenant, body))}`;
}

/** The stream an id names, if it was made for this tenant; null for everything else. */
export async function locateStream(
  signer: Signer,
  tenant: string,
  streamId: string,
): Promise<StreamLocation | null> {
  const match = STREAM_ID.exec(streamId);
  if (match === null) return null;
  const [, conversationObject = '', generation = '', created = '', macText = ''] = match;
  const mac = fromBase64Url(macText);
  if (mac === null || mac.byteLength !== MAC_BYTES) return null;
  const body = `${conversationObject}.${generation}.${created}`;
  if (!(await signer.verify(mac, 'stream', tenant, body))) return null;
  const tenantObject = await tenantObjectName(signer, tenant);
  return { streamId, conversationObject, generation, createdMs: parseInt(created, 36), tenant, tenantObject };
}
