// Thumbs for one answer: they calibrate the probabilities of this tenant, by the answer's stream.

import { useState } from 'preact/hooks';

type Thumbs = 'up' | 'down';
type Props = { readonly onThumbs: (thumbs: Thumbs) => Promise<boolean> };

export function Feedback({ onThumbs }: Props) {
  const [given, setGiven] = useState<Thumbs | null>(null);
  const [isRefused, setRefused] = useState(false);
  const give = async (thumbs: Thumbs): Promise<void> => {
    const isTaken = await onThumbs(thumbs);
    setRefused(!isTaken);
    if (isTaken) setGiven(thumbs);
  };
  return (
    <span class="feedback">
      {(['up', 'down'] as const).map((thumbs) => (
        <button
          key={thumbs}
          type="button"
          class="quiet"
          aria-label={thumbs === 'up' ? 'Good answer' : 'Bad answer'}
          aria-pressed={given === thumbs}
          onClick={() => void give(thumbs)}
        >
          {thumbs === 'up' ? '▲ good' : '▼ bad'}
        </button>
      ))}
      <span role="status" class="muted">
        {given !== null && 'Thanks, it counts.'}
        {isRefused && 'Not taken.'}
      </span>
    </span>
  );
}
