// A ticket lets a browser's EventSource, which sends no headers, read one stream until the ticket expires.
// It is no API key: it cannot start, stop or list anything.

import { fromBase64Url, toBase64Url } from './encoding.ts';
import type { Signer } from './signer.ts';

export type Ticket = { readonly tenant: string; readonly expiresMs: number };

/** `<expiry, base 36 seconds>.<MAC>.<tenant>`; the tenant comes last because its id may hold dots. */
const TICKET = /^([0-9a-z]{6,8})\.([A-Za-z0-9_-]{22})\.(.{1,128})$/;

export async function makeTicket(signer: Signer, streamId: string, ticket: Ticket): Promise<string> {
  const expiry = Math.floor(ticket.expiresMs / 1000).toString(36);
  const mac = await signer.sign('ticket', streamId, ticket.tenant, expiry);
  return `${expiry}.${toBase64Url(mac)}.${ticket.tenant}`;
}

/** The tenant whose stream the ticket opens; null when it is forged, for another stream, or too old. */
export async function readTicket(
  signer: Signer,
  streamId: string,
  text: string,
  nowMs: number,
): Promise<Ticket | null> {
  const match = TICKET.exec(text);
  if (match === null) return null;
  const [, expiry = '', macText = '', tenant = ''] = match;
  const mac = fromBase64Url(macText);
  if (mac === null || !(await signer.verify(mac, 'ticket', streamId, tenant, expiry))) return null;
  const expiresMs = parseInt(expiry, 36) * 1000;
  return nowMs < expiresMs ? { tenant, expiresMs } : null;
}
