// The models behind the router: how they did, whether they answer now, and when their breakers opened.

import type { JSX } from 'preact';
import type { Models } from '../state/analytics-answers.ts';
import { useAnswer } from '../state/use-answer.ts';
import { questionPath, type View } from '../state/view.ts';
import { BreakerTimeline } from './breaker-timeline.tsx';
import { ModelTable } from './model-table.tsx';
import { Panel } from './panel.tsx';
import { UpstreamTable } from './upstream-table.tsx';

export function ProvidersPanel({ view }: { readonly view: View }): JSX.Element {
  const models = useAnswer<Models>(questionPath('models', view));
  return (
    <Panel id="providers" title="Providers" loaded={models} minHeight={420}>
      {(value) => (
        <>
          <ModelTable models={value.models} />
          <div class="columns">
            <UpstreamTable upstreams={value.upstreams} />
            <BreakerTimeline
              turns={value.turns}
              fromMs={Date.parse(value.from)}
              toMs={Date.parse(value.to)}
            />
          </div>
        </>
      )}
    </Panel>
  );
}
