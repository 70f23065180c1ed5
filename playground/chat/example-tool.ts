// A tool for the playground to offer: enough to see a call being put together. Nobody runs it.

export const EXAMPLE_TOOL = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather in a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
} as const;
