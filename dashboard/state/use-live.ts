// The live feed as state: how it stands, its latest summary and the newest streams. A page that nobody sees has none.

import { useEffect, useState } from 'preact/hooks';
import type { ServerEvent } from '../../web/read-events.ts';
import { useAccess } from './access.ts';
import type { LiveSummary, StreamList, StreamRow } from './analytics-answers.ts';
import { type FeedState, LiveFeed } from './live-feed.ts';
import { mergeStreams } from './merge-streams.ts';

export type Live = {
  /** Null: paused. */
  readonly state: FeedState | null;
  readonly summary: LiveSummary | null;
  /** Newest first, as far as they came since the feed was opened. */
  readonly streams: readonly StreamRow[];
};

const PAUSED: Live = { state: null, summary: null, streams: [] };

export function useLive(path: string, isWanted: boolean): Live {
  const { key, onRefused } = useAccess();
  const isVisible = useVisible();
  const [live, setLive] = useState<Live>(PAUSED);
  useEffect(() => {
    setLive(PAUSED);
    if (!isWanted || !isVisible) return;
    const feed = new LiveFeed(
      { path, key },
      {
        onState: (state) => setLive((before) => ({ ...before, state })),
        onEvent: (event) => setLive((before) => withEvent(before, event)),
        onRefused,
      },
    );
    return () => feed.close();
  }, [path, key, isWanted, isVisible]);
  return live;
}

export function useVisible(): boolean {
  const [isVisible, setVisible] = useState(document.visibilityState === 'visible');
  useEffect(() => {
    const look = (): void => setVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return isVisible;
}

function withEvent(live: Live, { event, data }: ServerEvent): Live {
  switch (event) {
    case 'summary':
      return { ...live, summary: JSON.parse(data) as LiveSummary };
    case 'streams': {
      const { data: news } = JSON.parse(data) as StreamList;
      return { ...live, streams: mergeStreams(news.toReversed(), live.streams) };
    }
    default:
      return live; // `bye`, or an event that is newer than this page
  }
}
