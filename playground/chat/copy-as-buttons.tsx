// Copies the request of an answer as code, and shows what was copied.

import { useState } from 'preact/hooks';
import type { AnswerRun } from '../answer/answer-run.ts';
import { snippet, type SnippetKind, SNIPPETS } from './copy-as.ts';

type Props = { readonly run: AnswerRun };

export function CopyAs({ run }: Props) {
  const [shown, setShown] = useState<{ readonly kind: SnippetKind; readonly text: string } | null>(null);
  const { source } = run;
  if (source.type !== 'ask') return null;
  const { request, key } = source.question;
  // What runs elsewhere is no turn of this conversation.
  const { 'x-edgeways-conversation': _, ...headers } = source.question.headers;
  const copy = (kind: SnippetKind): void => {
    const text = snippet(kind, { origin: location.origin, request, headers, hasKey: key !== null });
    setShown(shown?.kind === kind ? null : { kind, text });
    // Where a browser does not let a page copy, the text is there to be taken by hand.
    navigator.clipboard.writeText(text).catch(() => undefined);
  };
  return (
    <span class="copy-as">
      <span class="muted">Copy as</span>
      {SNIPPETS.map((kind) => (
        <button
          key={kind}
          type="button"
          class="quiet"
          aria-expanded={shown?.kind === kind}
          onClick={() => copy(kind)}
        >
          {kind}
        </button>
      ))}
      {shown !== null && (
        <pre class="snippet" tabIndex={0} aria-label={`Request as ${shown.kind}`} data-testid="snippet">
          {shown.text}
        </pre>
      )}
    </span>
  );
}
