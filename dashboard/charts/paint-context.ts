// A canvas keeps the colours it was painted with: this changes with the theme, and whoever paints, paints again.

import { createContext } from 'preact';

export const PaintContext = createContext('auto');
