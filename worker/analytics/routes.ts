// GET /v1/analytics/routes: why requests went where they went.

import type { Refusal } from '../../protocol/errors.ts';
import { ok, type Result } from '../../protocol/result.ts';
import { routeAnswer } from '../../policy/analytics/route-answer.ts';
import { readGroups, together, type Reading, type Told } from './read-cells.ts';

export async function tellRoutes(reading: Reading): Promise<Result<Told, Refusal>> {
  const read = await readGroups(reading, {});
  return read.ok ? ok({ body: routeAnswer(together(read.value.values())) }) : read;
}
