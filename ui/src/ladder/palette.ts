/** The colours of the ladder: those of the page. */

export { type PageColours as Palette, readColours as readPalette } from "../drawing/colours";
