// A growing Markdown text as a component. Its inside belongs to the writer: Preact never draws it again.

import { useLayoutEffect, useRef } from 'preact/hooks';
import { MarkdownWriter } from './markdown-writer.ts';

type Props = {
  readonly text: string;
  /** Rises when text was taken back: then it is drawn from the start. */
  readonly revision: number;
  readonly isLive: boolean;
};

export function StreamedMarkdown({ text, revision, isLive }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const drawn = useRef<{ readonly writer: MarkdownWriter; readonly revision: number } | null>(null);
  useLayoutEffect(() => {
    if (root.current === null) return;
    if (drawn.current?.revision !== revision) {
      drawn.current = { writer: new MarkdownWriter(root.current), revision };
    }
    drawn.current.writer.show(text, !isLive);
  }, [text, revision, isLive]);
  return <div ref={root} class={isLive ? 'markdown live' : 'markdown'} data-testid="answer-text" />;
}
