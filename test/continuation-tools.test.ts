import { describe, expect, it } from 'vitest';
import { PartialAnswer } from '../policy/continuation/partial-answer.ts';
import { Seam } from '../policy/continuation/seam.ts';
import type { ToolEndEvent, ToolStartEvent } from '../protocol/events.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';

const FINISH: DecodedEvent = { type: 'finish', reason: 'tool_calls', usage: null };

function start(index: number, tool: string, args = ''): ToolStartEvent {
  return { type: 'tool_start', index, id: `call_${index}`, tool, args, status: 'executing' };
}

function delta(index: number, args: string): DecodedEvent {
  return { type: 'tool_delta', index, args };
}

function end(index: number): ToolEndEvent {
  return { type: 'tool_end', index, result: null, duration_ms: 1 };
}

function text(said: string): DecodedEvent {
  return { type: 'text_delta', text: said };
}

function askedAgain(sent: readonly DecodedEvent[], again: readonly DecodedEvent[]) {
  const seam = new Seam(new PartialAnswer(sent), { kind: 'again', document: null });
  return seam.take(again);
}

describe('a tool call that was lost in the middle', () => {
  const sent = [text('I look.'), start(0, 'find'), delta(0, '{"q":"sp')];

  it('gets the rest of its arguments when the same call comes again', () => {
    const again = [
      text('Let me see.'),
      start(0, 'find', '{"q"'),
      delta(0, ':"spoon"'),
      delta(0, '}'),
      end(0),
      FINISH,
    ];
    expect(askedAgain(sent, again)).toEqual({
      emit: [delta(0, 'oon"'), delta(0, '}'), end(0), FINISH],
      rejected: null,
    });
  });

  it('gets further calls after it', () => {
    const again = [start(0, 'find', '{"q":"spoon"}'), end(0), start(1, 'open', '{}'), end(1), FINISH];
    expect(askedAgain(sent, again).emit).toEqual([
      delta(0, 'oon"}'),
      end(0),
      start(1, 'open', '{}'),
      end(1),
      FINISH,
    ]);
  });

  it.each<[string, readonly DecodedEvent[]]>([
    ['another tool', [start(0, 'open', '{"q":"spoon"}'), end(0), FINISH]],
    ['other arguments', [start(0, 'find', '{"q":"fork"}'), end(0), FINISH]],
    ['other white space', [start(0, 'find', '{ "q":"spoon"}'), end(0), FINISH]],
    ['fewer arguments', [start(0, 'find', '{"q":'), end(0), FINISH]],
    ['no call at all', [text('There is no spoon.'), FINISH]],
  ])('is not completed by %s', (_, again) => {
    expect(askedAgain(sent, again)).toEqual({ emit: [], rejected: 'tool_mismatch' });
  });
});

describe('a tool call that was complete when the upstream was lost', () => {
  const sent = [start(0, 'find', '{"q":1}'), end(0)];

  it('is the end of the answer only when a second call agrees', () => {
    expect(askedAgain(sent, [start(0, 'find', '{"q":1}'), end(0), FINISH])).toEqual({
      emit: [FINISH],
      rejected: null,
    });
    expect(askedAgain(sent, [start(0, 'find', '{"q":10}'), end(0), FINISH]).rejected).toBe('tool_mismatch');
  });

  it('takes no more arguments', () => {
    const again = [start(0, 'find', '{"q":1}'), delta(0, ' '), end(0), FINISH];
    expect(askedAgain(sent, again)).toEqual({ emit: [], rejected: 'tool_mismatch' });
  });

  it('may be followed by others that were not sent yet', () => {
    const again = [start(0, 'find', '{"q":1}'), end(0), start(1, 'find', '{"q":2}'), end(1), FINISH];
    expect(askedAgain(sent, again).emit).toEqual([start(1, 'find', '{"q":2}'), end(1), FINISH]);
  });
});

describe('thoughts of the second call', () => {
  const thought: DecodedEvent = { type: 'thinking', text: 'Hm.' };
  const part: DecodedEvent = { type: 'thinking_part', part: { type: 'reasoning.text', text: 'Hm.' } };

  it('are shown when nothing but thoughts was sent', () => {
    const again = [thought, part, text('Four.'), { ...FINISH, reason: 'stop' } as const];
    expect(askedAgain([thought], again).emit).toEqual(again);
  });

  it('are left out when a signed block of thoughts was sent, because no provider takes two', () => {
    expect(askedAgain([thought, part], [thought, part, text('Four.')]).emit).toEqual([text('Four.')]);
  });

  it('are no answer', () => {
    const seam = askedAgain([thought], [thought, { type: 'finish', reason: 'stop', usage: null }]);
    expect(seam.rejected).toBe('empty');
  });
});
