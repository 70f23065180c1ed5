// A region that stays at its end while its content grows, for as long as the reader is there. Whoever scrolls up is left
// alone, and gets a button that leads back.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

type Props = {
  /** False while there is nothing that grows: then the beginning is what to see. */
  readonly hasEnd: boolean;
  readonly children: ComponentChildren;
};

/** Nearer to the end than this counts as being there. */
const NEAR_PX = 32;

export function PinnedScroll({ hasEnd, children }: Props) {
  const region = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isPinned = useRef(hasEnd);
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    if (region.current === null || content.current === null) return undefined;
    return keepAtEnd(region.current, content.current, isPinned, setAway);
  }, []);
  useEffect(() => {
    isPinned.current = hasEnd;
    if (!hasEnd) region.current?.scrollTo({ top: 0 });
  }, [hasEnd]);
  const jump = (): void => {
    isPinned.current = true;
    setAway(false);
    region.current?.scrollTo({ top: region.current.scrollHeight });
  };
  return (
    <div class="scroll-frame">
      <div
        class="scroll"
        ref={region}
        tabIndex={0}
        role="region"
        aria-label="Conversation"
        data-testid="scroll"
      >
        <div ref={content} class="scroll-content">
          {children}
        </div>
      </div>
      {isAway && hasEnd && (
        <button type="button" class="jump" onClick={jump} data-testid="jump">
          Jump to latest ↓
        </button>
      )}
    </div>
  );
}

/** @returns what ends it */
function keepAtEnd(
  region: HTMLElement,
  content: HTMLElement,
  isPinned: { current: boolean },
  onAway: (isAway: boolean) => void,
): () => void {
  let lastTop = region.scrollTop;
  const distance = (): number => region.scrollHeight - region.clientHeight - region.scrollTop;
  const scrolled = (): void => {
    const isAtEnd = distance() < NEAR_PX;
    // Only going up lets go of the end: content that grows faster than the page scrolls does not.
    if (region.scrollTop < lastTop && !isAtEnd) isPinned.current = false;
    if (isAtEnd && region.scrollTop > 0) isPinned.current = true;
    lastTop = region.scrollTop;
    onAway(!isPinned.current && !isAtEnd);
  };
  // A turn of the wheel by less than the margin is a wish too.
  const wheeled = (event: WheelEvent): void => {
    if (event.deltaY < 0 && region.scrollTop > 0) isPinned.current = false;
  };
  // After layout and before painting: the end never jumps into view.
  const sizes = new ResizeObserver(() => {
    if (isPinned.current) region.scrollTop = region.scrollHeight;
    lastTop = region.scrollTop;
  });
  region.addEventListener('scroll', scrolled, { passive: true });
  region.addEventListener('wheel', wheeled, { passive: true });
  sizes.observe(content);
  sizes.observe(region);
  return () => {
    region.removeEventListener('scroll', scrolled);
    region.removeEventListener('wheel', wheeled);
    sizes.disconnect();
  };
}
