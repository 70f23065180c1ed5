// The frame of every panel: its heading, what went wrong, a skeleton as long as there is nothing, and the last good
// answer for as long as there is no newer one.

import type { ComponentChildren, JSX } from 'preact';
import type { Loaded } from '../state/use-answer.ts';
import { formatSeconds } from '../text/format-time.ts';

type PanelProps<Body> = {
  readonly id: string;
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly loaded: Loaded<Body>;
  /** Of the skeleton, so that the page does not jump when the answer comes. */
  readonly minHeight: number;
  readonly children: (value: Body) => ComponentChildren;
};

export function Panel<Body>(props: PanelProps<Body>): JSX.Element {
  const { id, title, aside, loaded, minHeight, children } = props;
  const { value, problem, isOutdated } = loaded;
  return (
    <section class="panel" id={id} aria-labelledby={`${id}-title`} aria-busy={isOutdated && problem === null}>
      <div class="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <StaleMark loaded={loaded} />
        {aside}
      </div>
      {value === null ? (
        <Waiting problem={problem} retry={loaded.retry} minHeight={minHeight} />
      ) : (
        <div class={isOutdated || problem !== null ? 'stale' : ''}>{children(value)}</div>
      )}
    </section>
  );
}

type WaitingProps = Pick<Loaded<unknown>, 'problem' | 'retry'> & { readonly minHeight: number };

/** In the place and size of what is to come: nothing jumps, neither when it comes nor when it fails. */
export function Waiting({ problem, retry, minHeight }: WaitingProps): JSX.Element {
  return (
    <div class={problem === null ? 'waiting skeleton' : 'waiting'} style={{ minHeight: `${minHeight}px` }}>
      {problem === null ? null : (
        <p class="problem">
          <span aria-hidden="true">⚠ </span>
          {problem.message} <RetryButton retry={retry} />
        </p>
      )}
    </div>
  );
}

/** That what is shown is the last good answer, since when, and why there is no newer one. */
export function StaleMark({ loaded }: { readonly loaded: Loaded<unknown> }): JSX.Element | null {
  const { problem, loadedMs, retry } = loaded;
  if (problem === null || loadedMs === null) return null;
  return (
    <p class="stale-mark" title={problem.message}>
      <span aria-hidden="true">⚠</span>
      <span class="stale-text">
        As of {formatSeconds(loadedMs)}. {problem.message}
      </span>
      <RetryButton retry={retry} />
    </p>
  );
}

function RetryButton({ retry }: Pick<Loaded<unknown>, 'retry'>): JSX.Element {
  return (
    <button type="button" class="quiet" onClick={retry}>
      Try again
    </button>
  );
}

/** Where a part of a panel has nothing to show, it says what would bring something. */
export function Nothing({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <p class="nothing">{children}</p>;
}
