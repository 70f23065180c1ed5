// Where an answer that OpenAI keeps can be taken up: the response's id and the number of its last event that was read.
// Both stand in a URL: what looks different is no cursor.

export const CURSOR = /^([\w-]{1,128}):(\d{1,15})$/;
