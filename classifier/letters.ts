// Small numbers as letters, one each: the bundle's compression sees every number by itself and finds its true size, which
// base64 would hide from it by cutting across them. A cold isolate has no time to decode them one by one: they are
// made bytes by the platform, and `ZERO` is taken off where one is read.

/** Stands for 0. A quote comes before it; a backslash is among the letters, and costs an escape where it occurs. */
export const ZERO = '#'.charCodeAt(0);

/** A letter holds a number up to this, `~`. */
export const LARGEST = '~'.charCodeAt(0) - ZERO;

export function lettersOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function toLetter(number: number): string {
  if (!Number.isInteger(number) || number < 0 || number > LARGEST)
    throw new Error(`no letter stands for ${number}: it is not a whole number from 0 to ${LARGEST}`);
  return String.fromCharCode(ZERO + number);
}
