// Runs the same for a list of things, a few at once, and gives the results in the order of the list.

export async function inTurns<From, To>(
  list: readonly From[],
  atOnce: number,
  run: (one: From) => Promise<To>,
): Promise<readonly To[]> {
  const done: To[] = [];
  const left = [...list.entries()];
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) done[next[0]] = await run(next[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return done;
}
