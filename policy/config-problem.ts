// What is wrong with a configuration: where, what, and how to mend it.

/** `path` as a person would write it: `models[0].price.input_usd_per_mtok`; `''` is the whole file. */
export type ConfigProblem = { readonly path: string; readonly message: string; readonly remedy: string };

export function problem(path: string, message: string, remedy: string): ConfigProblem {
  return { path, message, remedy };
}
