// What the product is compared with: a Worker that only passes `fetch` through (the floor), and the same with an
// empty Durable Object in between. Both send the client the upstream's own bytes.

import { DurableObject } from 'cloudflare:workers';

type Env = { readonly UPSTREAM: string; readonly EMPTY: DurableObjectNamespace<Empty> };

function passThrough(request: Request, upstream: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'accept-encoding': 'identity' };
  return fetch(`${upstream}/chat/completions`, { method: 'POST', headers, body: request.body });
}

export class Empty extends DurableObject<Env> {
  override fetch(request: Request): Promise<Response> {
    return passThrough(request, this.env.UPSTREAM);
  }
}

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    const [, kind, name] = new URL(request.url).pathname.split('/');
    if (kind === 'bare' || name === undefined) return passThrough(request, env.UPSTREAM);
    return env.EMPTY.get(env.EMPTY.idFromName(name)).fetch(request);
  },
};
