// The shape of a routing rule in the configuration: which requests it is for, and what then holds for them.
// Text is matched by literal phrases only. There is no pattern language, so no phrase and no prompt can make a
// match slow; the bounds here keep the whole search small (see phrase-matcher.ts).

import * as v from 'valibot';
import { described, describedSection, flag, name, sentence, type Sentence, whole } from '../schema-parts.ts';
import { SCRIPTS } from './script-of.ts';

/** More rules than anybody can keep in their head; together with the phrase bounds this bounds the search. */
const MAX_RULES = 100;

const MAX_PHRASES = 50;
const MAX_PHRASE_LENGTH = 64;
const MAX_METADATA_KEYS = 16;

/** OpenAI's own bounds of `metadata`. */
const MAX_METADATA_KEY_LENGTH = 64;
const MAX_METADATA_VALUE_LENGTH = 512;

const MOST_TOKENS = 100_000_000;

const when = describedSection(
  sentence('Every condition that is given must hold; none given = every request.'),
  {
    model: v.exactOptional(
      name(sentence('The model the request names: auto, edge, cloud or a configured id.')),
    ),
    contains_any: v.exactOptional(
      v.pipe(
        v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_PHRASE_LENGTH))),
        v.minLength(1),
        v.maxLength(MAX_PHRASES),
        described(
          sentence(
            'One of these phrases, taken literally and without regard to case, is in the last user turn.',
          ),
        ),
      ),
    ),
    whole_words: v.exactOptional(
      flag(sentence('contains_any counts only where no letter or digit adjoins the phrase.')),
    ),
    min_input_tokens: v.exactOptional(
      whole(sentence('The input is estimated at this many tokens or more.'), 0, MOST_TOKENS),
    ),
    max_input_tokens: v.exactOptional(
      whole(sentence('The input is estimated at this many tokens or fewer.'), 0, MOST_TOKENS),
    ),
    has_tools: v.exactOptional(
      flag(sentence('Tools are offered, or were called earlier in the conversation.')),
    ),
    has_images: v.exactOptional(flag(sentence('A message holds an image.'))),
    has_response_format: v.exactOptional(
      flag(sentence('The request asks for a response_format other than text.')),
    ),
    scripts: v.exactOptional(
      v.pipe(
        v.array(v.picklist(SCRIPTS)),
        v.minLength(1),
        described(sentence('Most letters of the last user turn are of one of these writing systems.')),
      ),
    ),
    metadata: v.exactOptional(
      v.pipe(
        v.record(
          v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_METADATA_KEY_LENGTH)),
          v.pipe(v.string(), v.maxLength(MAX_METADATA_VALUE_LENGTH)),
        ),
        v.minEntries(1),
        v.maxEntries(MAX_METADATA_KEYS),
        described(sentence("Keys and values that the request's own metadata field has, all of them.")),
      ),
    ),
  },
);

const then = describedSection(sentence('What holds for the requests; at least one key.'), {
  tier: v.exactOptional(
    v.pipe(v.picklist(['edge', 'cloud']), described(sentence('This tier answers model "auto".'))),
  ),
  model: v.exactOptional(name(sentence('This configured model answers model "auto".'))),
  data_locality: v.exactOptional(
    v.pipe(
      v.literal('edge-only'),
      described(sentence('The cloud is out of reach, whatever the request names.')),
    ),
  ),
  answer_check: v.exactOptional(
    v.pipe(
      v.picklist(['off', 'prefix', 'full']),
      described(sentence('How uncertain edge answers are checked; a header of the request wins.')),
    ),
  ),
  cache: v.exactOptional(
    flag(
      sentence('Whether answers are kept and repeated for the same request; a header of the request wins.'),
    ),
  ),
});

const rule = describedSection(sentence('The first rule whose conditions hold is applied, and no other.'), {
  id: name(sentence('Given as the reason of a decision, so unique.')),
  when,
  // oxlint-disable-next-line unicorn/no-thenable -- only a function under this name would be taken for a promise
  then,
});

/** @param description - whose rules they are, for the editor */
export function rulesSchema(description: Sentence) {
  return v.pipe(v.array(rule), v.maxLength(MAX_RULES), described(description));
}
