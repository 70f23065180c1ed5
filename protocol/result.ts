// The outcome of a step that may refuse: an expected refusal is a value, a bug throws.

export type Ok<Value> = { readonly ok: true; readonly value: Value };
export type Refused<Reason> = { readonly ok: false; readonly refusal: Reason };
export type Result<Value, Reason> = Ok<Value> | Refused<Reason>;

export function ok<Value>(value: Value): Ok<Value> {
  return { ok: true, value };
}

export function refuse<Reason>(refusal: Reason): Refused<Reason> {
  return { ok: false, refusal };
}
