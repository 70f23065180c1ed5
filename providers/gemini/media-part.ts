// Images, audio and files of a message → Gemini's parts. It fetches nothing: a link goes on as a link.

import type { ContentPart } from '../../protocol/chat-request.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { objectField, textField } from '../json-fields.ts';

const DATA_URL = /^data:([^;,]+)[^,]*;base64,/i;

/** In a link's path, before query and fragment. */
const IMAGE_NAME = /^[^?#]*\.(png|webp|gif|heic|heif)(?:[?#]|$)/i;

/** Null when Gemini has no form for the part. */
export function toMediaPart(part: Exclude<ContentPart, { type: 'text' }>): JsonObject | null {
  if (part.type === 'image') return fromDataUrl(part.url) ?? fromLink(part.url);
  const audio = objectField(part.raw, 'input_audio');
  if (audio !== null) {
    return {
      inlineData: { mimeType: `audio/${textField(audio, 'format')}`, data: textField(audio, 'data') },
    };
  }
  const file = objectField(part.raw, 'file');
  return file === null ? null : fromDataUrl(textField(file, 'file_data'));
}

function fromDataUrl(url: string): JsonObject | null {
  const found = DATA_URL.exec(url);
  return found === null
    ? null
    : { inlineData: { mimeType: found[1] ?? '', data: url.slice(found[0].length) } };
}

/** Gemini wants to know the type before it fetches the image; most pictures without a telling name are JPEGs. */
function fromLink(url: string): JsonObject | null {
  if (!/^https?:/i.test(url)) return null;
  const type = IMAGE_NAME.exec(url)?.[1]?.toLowerCase() ?? 'jpeg';
  return { fileData: { mimeType: `image/${type}`, fileUri: url } };
}
