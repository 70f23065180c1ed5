// Where the edge tier ends when nobody has configured it.

/**
 * edge iff P(edge is good enough) ≥ this. Chosen on `dev`: agreement with the labels is nearly flat from .45 to .60 and
 * falls beyond; the upper end is taken because a hard prompt answered badly costs a person more than an easy one sent
 * to the cloud costs money. It sends a little under half of `dev` to the cloud, but `dev` is mostly exams.
 */
export const DEFAULT_THRESHOLD = 0.58;
