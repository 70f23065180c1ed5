// Numbers that spread texts evenly: no secret and no signature.

/** 32 bits: FNV-1a, whose low bits are then mixed with the others (the end of MurmurHash3). */
export function hash32(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** 53 bits: among thousands of texts no two have the same. */
export function hash53(text: string): number {
  return (hash32(text, 1) >>> 11) * 0x1_0000_0000 + hash32(text);
}
