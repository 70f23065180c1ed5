// Base64 to bytes where the platform has no decoder of its own: pure folders have neither `atob` nor `Buffer`.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** @param base64 without line breaks */
export function decodeBase64(base64: string): Uint8Array {
  const sextets = new Uint8Array(128);
  for (let value = 0; value < 64; value += 1) sextets[ALPHABET.charCodeAt(value)] = value;
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((base64.length / 4) * 3 - padding);
  let at = 0;
  for (let index = 0; index < base64.length; index += 4) {
    const group =
      ((sextets[base64.charCodeAt(index)] ?? 0) << 18) |
      ((sextets[base64.charCodeAt(index + 1)] ?? 0) << 12) |
      ((sextets[base64.charCodeAt(index + 2)] ?? 0) << 6) |
      (sextets[base64.charCodeAt(index + 3)] ?? 0);
    bytes[at] = group >> 16;
    bytes[at + 1] = group >> 8;
    bytes[at + 2] = group;
    at += 3;
  }
  return bytes;
}
