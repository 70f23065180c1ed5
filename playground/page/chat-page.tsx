// The page at `/`: the conversation, the knob, and where to write.

import { useEffect, useState } from 'preact/hooks';
import { Composer, type Draft } from '../chat/composer.tsx';
import type { AskOptions, Conversation, Turn } from '../chat/conversation.ts';
import { StreamBar } from '../chat/stream-bar.tsx';
import { Suggestions } from '../chat/suggestions.tsx';
import { type TurnActions, TurnView } from '../chat/turn-view.tsx';
import { useConversation } from '../chat/use-conversation.ts';
import { wantsKey } from '../chat/what-to-do.ts';
import { ForeseenRoute } from '../knob/foreseen-route.tsx';
import { Knob } from '../knob/knob.tsx';
import { foresee } from '../knob/routing-figures.ts';
import { useLatest } from '../knob/use-latest.ts';
import { KeyForm } from './key-form.tsx';
import { PageHeader } from './page-header.tsx';
import { PinnedScroll } from './pinned-scroll.tsx';
import { sessionKey, setSessionKey } from './session-key.ts';

const FIRST_OPTIONS: AskOptions = { model: 'auto', isEdgeOnly: false, hasTool: false };

export function ChatPage() {
  const { conversation, changes, bytesPerSecond, setBytesPerSecond } = useConversation();
  const [draft, setDraft] = useState<Draft>({ text: '', mode: 'chat', options: FIRST_OPTIONS });
  const { turns, isBusy } = conversation;
  const foreseen = useForeseen(conversation, draft, changes);
  useStopOnEscape(conversation);
  const send = (text = draft.text): void => {
    if (text.trim() === '' || conversation.isBusy) return;
    setDraft({ ...draft, text: '' });
    if (draft.mode === 'race') conversation.race(text.trim(), draft.options);
    else conversation.ask(text.trim(), draft.options);
  };
  const actions = actionsOf(conversation, draft, setDraft);
  const useKey = (key: string): void => {
    setSessionKey(key);
    actions.onRegenerate();
  };
  return (
    <div class="page">
      <a class="skip-link" href="#question">
        Skip to the question
      </a>
      <PageHeader onNewChat={() => conversation.clear()} />
      <main>
        <PinnedScroll hasEnd={turns.length > 0}>
          {turns.length === 0 && <Suggestions onPick={(text) => send(text)} />}
          {turns.map((turn, at) => (
            <TurnView
              key={turn.id}
              turn={turn}
              isLast={at === turns.length - 1 && !isBusy}
              actions={actions}
            />
          ))}
          {isKeyWanted(turns.at(-1)) && <KeyForm onKey={useKey} />}
        </PinnedScroll>
        <div class="foot">
          <StreamBar
            runs={turns.at(-1)?.runs ?? []}
            bytesPerSecond={bytesPerSecond}
            onPace={setBytesPerSecond}
          />
          <Knob probability={foreseen?.probability ?? null} apiKey={sessionKey()} turns={changes} />
          <ForeseenRoute foreseen={foreseen} />
          <Composer
            draft={draft}
            isBusy={isBusy}
            onDraft={setDraft}
            onSend={() => send()}
            onStop={() => conversation.stop()}
          />
        </div>
      </main>
    </div>
  );
}

function actionsOf(conversation: Conversation, draft: Draft, setDraft: (draft: Draft) => void): TurnActions {
  return {
    onRegenerate: () => conversation.regenerate(draft.options),
    onContinue: () => conversation.continueLast(draft.options),
    onEdit: () => {
      setDraft({ ...draft, text: conversation.editLast() });
      // The button that had the focus is gone.
      document.querySelector<HTMLElement>('#question')?.focus();
    },
    onThumbs: (streamId, thumbs) => conversation.feedback(streamId, { thumbs }),
  };
}

/** Where the draft would go; nothing while there is no draft, or when its tier is named. */
function useForeseen(conversation: Conversation, { text, mode, options }: Draft, changes: number) {
  const isOpen = text.trim() !== '' && mode === 'chat' && options.model === 'auto';
  const question = isOpen ? JSON.stringify([text, options, changes]) : null;
  return useLatest(question, () =>
    foresee(
      [...conversation.messages(), { role: 'user', content: text }],
      options.isEdgeOnly ? { 'x-edgeways-data-locality': 'edge-only' } : {},
      sessionKey(),
    ),
  );
}

function useStopOnEscape(conversation: Conversation): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') conversation.stop();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [conversation]);
}

function isKeyWanted(turn: Turn | undefined): boolean {
  return (turn?.runs ?? []).some(({ state: { end } }) => end?.type === 'refused' && wantsKey(end.problem));
}
