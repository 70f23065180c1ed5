// The form in which texts and phrases are compared: without case, compatibility forms, invisible characters and
// runs of white space, so that a phrase is found however it was typed. Work is bounded: of a long text its
// beginning and its end are kept, where people put what they want.

/** Characters kept from each end. A paste of megabytes must not cost more than a page. */
const END_LENGTH = 8 * 1024;

/** Zero-width and soft characters, and the dot that lower-casing leaves behind of a Turkish capital I. */
const INVISIBLE = /\u0307|[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/g;

const WHITE_SPACE = /\s+/g;

/** The text as it is searched; the line break between both ends keeps phrases from matching across the cut. */
export function searchedText(text: string): string {
  if (text.length <= 2 * END_LENGTH) return folded(text, 2 * END_LENGTH);
  return `${folded(text.slice(0, END_LENGTH), END_LENGTH)}\n${folded(text.slice(-END_LENGTH), END_LENGTH)}`;
}

/** @param most - characters kept: single characters may unfold into many */
function folded(text: string, most: number): string {
  const lowered = text.normalize('NFKC').toLowerCase().replaceAll(INVISIBLE, '');
  return lowered.replaceAll(WHITE_SPACE, ' ').trim().slice(0, most);
}
