// The second tab: the same stream from its start, live, read with the ticket that is in the address.

import { useEffect, useMemo } from 'preact/hooks';
import { AnswerRun } from '../answer/answer-run.ts';
import { useAnswer } from '../answer/use-answer.ts';
import { AnswerView } from '../chat/answer-view.tsx';
import { Measured } from '../why/measured.tsx';
import { WhyPanel } from '../why/why-panel.tsx';
import { PageHeader } from './page-header.tsx';
import { PinnedScroll } from './pinned-scroll.tsx';

type Props = { readonly path: string };

export function FollowPage({ path }: Props) {
  const run = useMemo(
    () => new AnswerRun({ type: 'follow', path, key: null, prefix: '' }, () => null),
    [path],
  );
  const state = useAnswer(run);
  useEffect(() => {
    void run.run();
    return () => run.leave();
  }, [run]);
  return (
    <div class="page">
      <PageHeader onNewChat={null} />
      <main>
        <PinnedScroll hasEnd>
          <p class="muted">
            This tab follows an answer of another one: the same events, with the same numbers, from the start.{' '}
            <a href="/">Ask something here</a>
          </p>
          <section class="turn" aria-label="Followed answer">
            <div class="single">
              <div class="lane">
                <AnswerView run={run} racer={null} />
                <details class="side" open>
                  <summary>Route and why</summary>
                  <WhyPanel route={state.route} model={state.model} />
                  <Measured state={state} />
                </details>
              </div>
            </div>
          </section>
        </PinnedScroll>
      </main>
    </div>
  );
}
