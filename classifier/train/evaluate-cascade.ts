// The answer-side check, replayed through the product's own check on recorded edge answers: `evaluate-answer-check.ts`
// does the work, this gives it its place in the report.

import { answerCheckGoals, answerCheckTable } from './evaluate-answer-check.ts';
import type { Judgement, Section } from './evaluation-section.ts';

export function cascadeSection({ folder }: Judgement): Section {
  return {
    lines: ['### Answer-side check on GSM8K', '', ...answerCheckTable(folder)],
    goals: answerCheckGoals(folder),
  };
}
