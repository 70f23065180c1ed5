// A refusal: its code, the server's sentence, what to do, and a countdown when the server said when to come back.

import { useEffect, useState } from 'preact/hooks';
import type { ApiProblem } from '../../web/api-client.ts';
import { whatToDo } from './what-to-do.ts';

type Props = { readonly problem: ApiProblem };

export function ProblemCard({ problem }: Props) {
  return (
    <div class="problem" data-testid="problem">
      <div role="alert">
        <code>
          {problem.status > 0 && `${problem.status} `}
          {problem.code}
        </code>
        <p>{problem.message}</p>
        <p class="muted">{whatToDo(problem)}</p>
      </div>
      {/* Outside of the alert, which would be read out anew every second. */}
      {problem.retryAfterMs !== null && <Countdown fromMs={problem.retryAfterMs} />}
    </div>
  );
}

function Countdown({ fromMs }: { readonly fromMs: number }) {
  const [leftS, setLeftS] = useState(Math.ceil(fromMs / 1_000));
  useEffect(() => {
    const timer = setInterval(() => setLeftS((left) => Math.max(0, left - 1)), 1_000);
    return () => clearInterval(timer);
  }, [fromMs]);
  const words = leftS > 0 ? `Try again in ${leftS} s.` : 'Try again now.';
  return (
    <p class="muted" data-testid="countdown">
      {words}
    </p>
  );
}
