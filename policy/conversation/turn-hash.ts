// A short fingerprint of a turn (FNV-1a, 32 bits), by which a regenerated answer is told from a new question without
// keeping any text. Turns that differ only beyond what is read count as the same.

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** Far more than two different questions have in common. */
const MAX_CHARACTERS = 2_048;

export function turnHashOf(text: string): number {
  let hash = OFFSET_BASIS ^ text.length;
  const end = Math.min(text.length, MAX_CHARACTERS);
  for (let at = 0; at < end; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash >>> 0;
}
