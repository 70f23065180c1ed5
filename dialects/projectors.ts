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
