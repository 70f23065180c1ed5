// Which fold belongs to which format letter of an event id.

import type { FormatLetter } from '../protocol/cursor.ts';
import type { GenerationFacts, Projector } from '../protocol/projection.ts';
import { chatProjector } from './chat/projector.ts';
import { typedProjector } from './typed/projector.ts';

export function projectorFor(format: FormatLetter, facts: GenerationFacts): Projector {
  switch (format) {
    case 'c':
      return chatProjector(facts);
    case 't':
      return typedProjector(facts);
  }
}

/** The same, made when the first frame is asked for: `facts` may change until the log has its first event. */
export function lazyProjector(format: FormatLetter, facts: () => GenerationFacts): Projector {
  let made: Projector | null = null;
  const projector = (): Projector => (made ??= projectorFor(format, facts()));
  return {
    format,
    count: (event) => projector().count(event),
    frames: (event) => projector().frames(event),
    reset: (truncateTo, text) => projector().reset(truncateTo, text),
    failure: (code, message) => projector().failure(code, message),
  };
}
