// Calls the product's own API. A refusal is a value with the server's words for people; only a bug throws.

export type ApiCall = {
  /** With its query: `/v1/analytics/summary?range=1h`. */
  readonly path: string;
  /** Null: no key is sent, which is enough in local mode. */
  readonly key: string | null;
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
};

export type ApiProblem = {
  /** 0: the server was not reached, or what came was not its answer. */
  readonly status: number;
  readonly code: string;
  /** A sentence for people: what is wrong and what to do. */
  readonly message: string;
  /** The parameter that is wrong, if the server named one. */
  readonly param: string | null;
  readonly retryAfterMs: number | null;
};

export type ApiAnswer<Body> =
  | { readonly ok: true; readonly value: Body }
  | { readonly ok: false; readonly problem: ApiProblem };

/** The answer's JSON. Its shape is the server's promise and not looked at again here. */
export async function callApi<Body>(call: ApiCall): Promise<ApiAnswer<Body>> {
  const opened = await openApi(call);
  if (!opened.ok) return opened;
  try {
    const text = await opened.value.text();
    // An answer without a body (204) is null.
    return { ok: true, value: JSON.parse(text === '' ? 'null' : text) as Body };
  } catch {
    return { ok: false, problem: unreachable('The answer was cut off or is not JSON. Try again.') };
  }
}

/** The answer before its body is read, for streams. */
export async function openApi(call: ApiCall): Promise<ApiAnswer<Response>> {
  try {
    const response = await fetch(call.path, requestOf(call));
    if (response.ok) return { ok: true, value: response };
    return { ok: false, problem: await problemOf(response) };
  } catch {
    return {
      ok: false,
      problem: unreachable('The server cannot be reached. Is it running, and are you online?'),
    };
  }
}

/** A key that was typed in lives as long as its tab. */
export function keptKey(name: string): string | null {
  return sessionStorage.getItem(name);
}

export function keepKey(name: string, key: string | null): void {
  if (key === null) sessionStorage.removeItem(name);
  else sessionStorage.setItem(name, key);
}

function requestOf({ key, method, body, headers, signal }: ApiCall): RequestInit {
  return {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  };
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const { status } = response;
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : null;
  try {
    const { error } = (await response.json()) as {
      readonly error: { readonly message: string; readonly code: string; readonly param: string | null };
    };
    return { status, code: error.code, message: error.message, param: error.param, retryAfterMs };
  } catch {
    const message = `The server answered ${status} without saying why. Its log may know.`;
    return { status, code: 'unknown', message, param: null, retryAfterMs };
  }
}

function unreachable(message: string): ApiProblem {
  return { status: 0, code: 'unreachable', message, param: null, retryAfterMs: null };
}
