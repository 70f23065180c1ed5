// GET /v1/models: the names a client may put into `model`, in OpenAI's shape.

import type { Config } from '../policy/config.ts';
import { RESERVED_MODEL_IDS } from '../policy/config-schema.ts';

/** The configuration has no release dates; clients only need a number here. */
const CREATED_S = 0;

export function listModels(config: Config): object {
  const ids = [...RESERVED_MODEL_IDS, ...config.models.map((model) => model.id)];
  const data = ids.map((id) => ({ id, object: 'model', created: CREATED_S, owned_by: 'edgeways' }));
  return { object: 'list', data };
}
