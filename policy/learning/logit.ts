// Between probabilities and their logits, kept away from 0 and 1 so that nothing becomes infinite.

/** Beyond this nobody can tell probabilities apart, and a threshold of 1 can still mean "never the edge". */
const LEAST = 1e-6;

export function clampProbability(probability: number): number {
  return Math.min(1 - LEAST, Math.max(LEAST, probability));
}

export function logitOf(probability: number): number {
  const clamped = clampProbability(probability);
  return Math.log(clamped / (1 - clamped));
}

export function probabilityOf(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
