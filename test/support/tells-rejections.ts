// The product as it is, which also tells of promises that reject while nobody waits for them: workerd itself is silent
// about them.

addEventListener('unhandledrejection', (event) => {
  console.error(`unhandled rejection: ${String(event.reason)}`);
});

export * from '../../worker/local.ts';
export { default } from '../../worker/local.ts';
