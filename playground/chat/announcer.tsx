// Reads an answer out to screen readers, whole sentences at a time.

import { useEffect, useRef, useState } from 'preact/hooks';
import { Sentences } from '../answer/sentences.ts';

type Props = { readonly text: string; readonly isComplete: boolean };

/** Marks of Markdown and the addresses of links, which nobody wants to hear. */
const MARKS = /[*_`#>|~]+/g;
/** Within bounds: a line of nothing but brackets must not be gone through once for each of them. */
const LINK = /!?\[([^[\]]{0,500})\]\([^()]{0,2048}\)/g;

export function Announcer({ text, isComplete }: Props) {
  const sentences = useRef<Sentences | null>(null);
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (sentences.current === null) {
      sentences.current = new Sentences();
      // An answer of the history was there before: it is read like the rest of the page.
      if (isComplete) sentences.current.next(text, true);
    }
    const fresh = sentences.current.next(text, isComplete).replaceAll(LINK, '$1').replaceAll(MARKS, '');
    if (fresh !== '') setSaid(fresh);
  }, [text, isComplete]);
  return (
    <div class="visually-hidden" aria-live="polite" data-testid="announcer">
      {said}
    </div>
  );
}
