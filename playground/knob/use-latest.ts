// Asks the server for something that follows what a person types or drags: after a short rest, the newest question only.

import { useEffect, useState } from 'preact/hooks';
import type { ApiAnswer } from '../../web/api-client.ts';

/** Long enough not to ask at every key, short enough to feel immediate. */
const REST_MS = 300;

/**
 * @param question - what is asked, as text: it is asked anew when this changes; null asks nothing
 */
export function useLatest<Body>(question: string | null, ask: () => Promise<ApiAnswer<Body>>): Body | null {
  const [answer, setAnswer] = useState<Body | null>(null);
  useEffect(() => {
    if (question === null) {
      setAnswer(null);
      return undefined;
    }
    let isLatest = true;
    const askNow = async (): Promise<void> => {
      const answered = await ask();
      if (isLatest) setAnswer(answered.ok ? answered.value : null);
    };
    const timer = setTimeout(() => void askNow(), REST_MS);
    return () => {
      isLatest = false;
      clearTimeout(timer);
    };
  }, [question]);
  return answer;
}
