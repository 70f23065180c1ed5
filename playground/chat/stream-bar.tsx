// What can be done to the connection of the answer that runs: cut it, slow it down, watch it in another tab.

import { useState } from 'preact/hooks';
import type { AnswerRun } from '../answer/answer-run.ts';
import { useAnswer } from '../answer/use-answer.ts';
import { followLink } from '../stream/stream-link.ts';

type Props = {
  readonly runs: readonly AnswerRun[];
  readonly bytesPerSecond: number | null;
  readonly onPace: (bytesPerSecond: number | null) => void;
};

const PAUSES_S = [0, 1, 3] as const;
const PACES = [null, 4_000, 1_000, 300] as const;

export function StreamBar({ runs, bytesPerSecond, onPace }: Props) {
  const [pauseS, setPauseS] = useState<number>(1);
  const newest = runs[0];
  return (
    <div class="stream-bar" role="group" aria-label="Connection">
      <DropButton runs={runs} pauseS={pauseS} />
      <label>
        back after{' '}
        <select
          value={pauseS}
          data-testid="pause"
          onChange={({ currentTarget }) => setPauseS(Number(currentTarget.value))}
        >
          {PAUSES_S.map((seconds) => (
            <option key={seconds} value={seconds}>
              {seconds} s
            </option>
          ))}
        </select>
      </label>
      <label>
        read{' '}
        <select
          value={bytesPerSecond ?? 0}
          data-testid="pace"
          onChange={({ currentTarget }) => onPace(Number(currentTarget.value) || null)}
        >
          {PACES.map((pace) => (
            <option key={pace ?? 0} value={pace ?? 0}>
              {pace === null ? 'at full speed' : `${pace} bytes/s`}
            </option>
          ))}
        </select>
      </label>
      {newest !== undefined && <SecondTab run={newest} />}
    </div>
  );
}

function DropButton({ runs, pauseS }: { readonly runs: readonly AnswerRun[]; readonly pauseS: number }) {
  // Of a race, one that still runs.
  const first = runs.find(({ isRunning }) => isRunning) ?? runs[0];
  const cut = (): void => {
    for (const run of runs) run.cut(pauseS * 1_000);
  };
  return first === undefined ? (
    <button type="button" class="drop" disabled data-testid="drop">
      Drop connection
    </button>
  ) : (
    <LiveDropButton run={first} onCut={cut} />
  );
}

function LiveDropButton({ run, onCut }: { readonly run: AnswerRun; readonly onCut: () => void }) {
  const { connection } = useAnswer(run);
  return (
    <button
      type="button"
      class="drop"
      disabled={connection.type !== 'open'}
      onClick={onCut}
      data-testid="drop"
    >
      Drop connection
    </button>
  );
}

function SecondTab({ run }: { readonly run: AnswerRun }) {
  useAnswer(run); // the place to read from comes with the head of the answer
  if (run.path === null) return null;
  return (
    <a href={followLink(run.path)} target="_blank" rel="noopener" data-testid="second-tab">
      Open in a second tab
    </a>
  );
}
