// Letters of other alphabets that look like Latin ones, and Latin ones that look Cyrillic: how people hide words.
// What they look like is given in lower case, as the analysis copy is. The two strings of a pair are read place by place.

const LOOKS_LATIN = {
  cyrillic: ['абвгдезиіїјкмнопрсттуухһѕԁԛԝьӏүҽ', 'abbrdeeuiijkmhonpcttyyxhsdqwblye'],
  greek: ['αβγδεζηθικλμνξοπρςστυφχψωϲϳ', 'abydeznoikvmvxonpcotuoxywcj'],
  armenian: ['աեզհսոպւտցօյ', 'weqhunwlsgoj'],
  // Capitals look like other letters than their small forms do: Η is an h, η an n.
  capitals: ['АВЕЅІЈКМНОРСТУҮХԌԚԜЬΑΒΕΖΗΙΚΜΝΟΡΤΥΧՏՍՕԼ', 'abesijkmhopctyyxgqwbabezhikmnoptyxsuol'],
  smallCapitals: ['ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡıɩʋƽ', 'abcdefghijklmnoprstuvwyzagiivs'],
} as const;

/** Cyrillic letters a Latin one can stand for: the way back, for words that are mostly Cyrillic. */
const LOOKS_CYRILLIC = ['aceopxyiksjhbmtABCEHIKMOPTXY', 'асеорхуікѕјнвмтавсенікмортху'] as const;

export const TO_LATIN: ReadonlyMap<string, string> = new Map(
  Object.values(LOOKS_LATIN).flatMap(([from, to]) => pairs(from, to)),
);

export const TO_CYRILLIC: ReadonlyMap<string, string> = new Map(pairs(...LOOKS_CYRILLIC));

function pairs(from: string, to: string): readonly (readonly [string, string])[] {
  return Array.from(from, (letter, index) => [letter, to[index] ?? letter] as const);
}
