// A table that is made when it is first asked for. Every location runs the whole bundle's top level at start-up, and
// most requests need few of its tables.

export function lazy<Value extends object>(make: () => Value): () => Value {
  let made: Value | null = null;
  return () => (made ??= make());
}
