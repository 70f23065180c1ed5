// The conversation of this tab with everything around it that lives as long as the page: its reading speed, its key, what
// is kept for a reload.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { sessionKey } from '../page/session-key.ts';
import { Conversation } from './conversation.ts';
import { keepTurns, keptTurns } from './kept-turns.ts';

export type ConversationUse = {
  readonly conversation: Conversation;
  /** Rises with every change: the turns themselves are not copied. */
  readonly changes: number;
  readonly bytesPerSecond: number | null;
  readonly setBytesPerSecond: (bytesPerSecond: number | null) => void;
};

export function useConversation(): ConversationUse {
  const [changes, setChanges] = useState(0);
  const [bytesPerSecond, setBytesPerSecond] = useState<number | null>(null);
  const pace = useRef(bytesPerSecond);
  pace.current = bytesPerSecond;
  const conversation = useMemo(() => {
    const readPace = (): number | null => pace.current;
    const made: Conversation = new Conversation(
      { key: sessionKey, pace: readPace, onChange: () => setChanges((count) => count + 1) },
      keptTurns(sessionKey(), readPace),
    );
    return made;
  }, []);
  useEffect(() => keepTurns(conversation.turns), [changes]);
  useEffect(() => {
    // A running answer's place is known only after its head: keep it when the page goes away.
    const keep = (): void => keepTurns(conversation.turns);
    addEventListener('pagehide', keep);
    return () => removeEventListener('pagehide', keep);
  }, [conversation]);
  return { conversation, changes, bytesPerSecond, setBytesPerSecond };
}
