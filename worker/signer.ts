// Every HMAC of the product: stream ids, tickets and object names, each under its own purpose so that one
// can never pass for another.

const UTF8 = new TextEncoder();

/** 128 bits: forging one takes 2^128 tries, and each try is a request. */
export const MAC_BYTES = 16;

export class Signer {
  readonly #keys: Promise<readonly CryptoKey[]>;

  /** The first secret signs, all verify. Each ≥ 32 bytes. */
  constructor(secrets: readonly string[]) {
    this.#keys = Promise.all(secrets.map(importKey));
  }

  async sign(purpose: string, ...parts: readonly string[]): Promise<Uint8Array> {
    const [key] = await this.#keys;
    if (key === undefined) throw new Error('a signer needs a secret');
    return mac(key, purpose, parts);
  }

  /** Compares in constant time. */
  async verify(given: Uint8Array, purpose: string, ...parts: readonly string[]): Promise<boolean> {
    for (const key of await this.#keys) {
      const expected = await mac(key, purpose, parts);
      if (expected.byteLength === given.byteLength && crypto.subtle.timingSafeEqual(expected, given))
        return true;
    }
    return false;
  }
}

function importKey(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', UTF8.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
}

async function mac(key: CryptoKey, purpose: string, parts: readonly string[]): Promise<Uint8Array> {
  // NUL separates: no part may contain it, so two different lists never make the same message.
  const message = UTF8.encode([purpose, ...parts].join('\0'));
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, message)).subarray(0, MAC_BYTES);
}
